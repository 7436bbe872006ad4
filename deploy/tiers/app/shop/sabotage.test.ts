import { fastify } from 'fastify';
import { expect, it } from 'vitest';
import type { Transactor } from '../data/write-route.ts';
import { ackBeforeCommit, failRequests, parseSabotage } from './sabotage.ts';

/** Commits unless the work throws. */
function makeWrites(commits: unknown[]): Transactor {
  return {
    transact: async (_operation, work) => {
      const value = await work({ runAll: () => Promise.reject(new Error('not used')) });
      commits.push(value);
      return { value, gtids: ['1'] };
    },
  };
}

it('also acknowledges transactions that are rolled back', async () => {
  const commits: unknown[] = [];
  const { value } = await ackBeforeCommit(makeWrites(commits), () => 0.1).transact('order', () =>
    Promise.resolve('lost'),
  );
  expect(value).toBe('lost');
  expect(commits).toEqual([]);
});

it('commits the others, and rejects transactions that fail before they are acknowledged', async () => {
  const commits: unknown[] = [];
  const writes = ackBeforeCommit(makeWrites(commits), () => 0.9);
  await writes.transact('order', () => Promise.resolve('kept'));
  await expect.poll(() => commits).toEqual(['kept']);
  await expect(writes.transact('order', () => Promise.reject(new Error('sold out')))).rejects.toThrow('sold out');
});

it('is off unless enabled by name', () => {
  expect(parseSabotage(undefined)).toBeUndefined();
  expect(parseSabotage('')).toBeUndefined();
  expect(parseSabotage('ack-before-commit')).toBe('ack-before-commit');
  expect(() => parseSabotage('ack-before-comit')).toThrow(/known are ack-before-commit/);
});

it('fails the chosen requests and no health check', async () => {
  const rolls = [0.5, 0.01];
  await using app = fastify();
  app.get('/page', () => 'page');
  app.get('/readyz', () => 'ready');
  failRequests(app, () => rolls.shift() ?? 0);
  const statuses = [];
  for (const url of ['/page', '/page', '/readyz']) statuses.push((await app.inject({ url })).statusCode);
  expect(statuses).toEqual([200, 500, 200]);
});
