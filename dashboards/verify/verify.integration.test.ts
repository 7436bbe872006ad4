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
/** All visitors share one address, so together they stay below the rate limit of one client. */
const MS_BETWEEN_PAGES = (2 * VISITORS * 1_000) / CLIENT_LIMITS.requestsPerSecond;
const stop = new AbortController();
const visits: Promise<void>[] = [];

/** A visitor who requests pages while the tests run. */
async function visit(): Promise<void> {
  const { host, port } = routeAddress(topology, 'http');
  while (!stop.signal.aborted) {
    for (const path of ['/', '/products', '/products/1', '/products/2']) {
      await fetch(`http://${host}:${port}${path}`, { signal: stop.signal }).then((response) => response.arrayBuffer());
      await sleep(MS_BETWEEN_PAGES, undefined, { signal: stop.signal });
    }
  }
}

beforeAll(() => {
  const ignoreStop = (error: unknown): void => {
    if (!stop.signal.aborted) throw error;
  };
  for (let visitor = 0; visitor < VISITORS; visitor++) visits.push(visit().catch(ignoreStop));
});
afterAll(async () => {
  stop.abort();
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

it('all queries of all boards return data on both monitors', async () => {
  let found: StackFindings = [];
  // A stack that has just started has too few samples for some rates.
  await waitFor(
    async () => {
      found = await notHeld(BOARDS);
      return found.length === 0;
    },
    { what: 'all boards to have data', deadlineMs: 120_000, intervalMs: 3_000 },
  ).catch(() => undefined);
  expect(found).toEqual([]);
});

it('a panel of a host that does not exist is found, on both monitors', async () => {
  const found = await notHeld([withPanel({ expr: 'sum(up{host="missing"})', legend: 'up' })]);
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
