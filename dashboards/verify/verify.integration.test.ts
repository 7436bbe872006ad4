import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { CLIENT_LIMITS } from '../../deploy/model/request-limits.ts';
import { makeTopology, routeAddress } from '../../deploy/model/topology.ts';
import { waitFor } from '../../kit/deadline.ts';
import type { Board } from '../board.ts';
import { BOARDS } from '../boards.ts';
import { withPanel } from '../lint/fixture.ts';
import { verifyStack, type StackFindings } from './verify-stack.ts';

const topology = makeTopology();
const VISITORS = 3;
/** All of them have one address, so together they stay below the requests per second that the site takes of one. */
const MS_BETWEEN_PAGES = (2 * VISITORS * 1_000) / CLIENT_LIMITS.requestsPerSecond;
const leaving = new AbortController();
const visits: Promise<void>[] = [];

/** Somebody who looks at pages for as long as the tests run. */
async function visit(): Promise<void> {
  const { host, port } = routeAddress(topology, 'http');
  while (!leaving.signal.aborted) {
    for (const path of ['/', '/products', '/products/1', '/products/2']) {
      await fetch(`http://${host}:${port}${path}`, { signal: leaving.signal }).then((response) =>
        response.arrayBuffer(),
      );
      await sleep(MS_BETWEEN_PAGES, undefined, { signal: leaving.signal });
    }
  }
}

beforeAll(() => {
  const left = (error: unknown): void => {
    if (!leaving.signal.aborted) throw error;
  };
  for (let visitor = 0; visitor < VISITORS; visitor++) visits.push(visit().catch(left));
});
afterAll(async () => {
  leaving.abort();
  await Promise.all(visits);
});

async function notHeld(boards: readonly Board[]): Promise<StackFindings> {
  const findings = await verifyStack({
    topology,
    boards,
    signal: new AbortController().signal,
    onProgress: () => undefined,
  });
  return findings.filter(({ verdict }) => verdict !== 'held');
}

it('every query of every board gives what it should, on both monitors', async () => {
  let found: StackFindings = [];
  // A stack that has just come up has not been scraped often enough for every rate.
  await waitFor(
    async () => {
      found = await notHeld(BOARDS);
      return found.length === 0;
    },
    { what: 'all boards with data', deadlineMs: 120_000, intervalMs: 3_000 },
  ).catch(() => undefined);
  expect(found).toEqual([]);
});

it('a panel of a host that does not exist is found, on both monitors', async () => {
  const found = await notHeld([withPanel({ expr: 'sum(up{host="nobody"})', legend: 'up' })]);
  expect(found.map(({ monitor, panel, said }) => [monitor, panel, said])).toEqual([
    ['mon1', 'Another', 'has no data'],
    ['mon2', 'Another', 'has no data'],
  ]);
});

it('a query that Prometheus refuses is found', async () => {
  const found = await notHeld([withPanel({ expr: 'sum(up) by', legend: 'up' })]);
  expect(found.map(({ said }) => said)).toEqual([
    expect.stringContaining('is refused'),
    expect.stringContaining('is refused'),
  ]);
});
