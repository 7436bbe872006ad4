import { setTimeout as sleep } from 'node:timers/promises';
import { beforeAll, expect, test } from 'vitest';
import { hostsOf, makeTopology } from '../../deploy/model/topology.ts';
import { openHosts } from '../../kit/hosts.ts';
import type { RequestRecord } from '../evidence/request-record.ts';
import { judgeLedger } from '../judge/ledger.ts';
import { readOrders } from '../probes/read-orders.ts';
import { waitForSteady } from '../runner/steady-state.ts';
import { startSlowClients } from './slow-client.ts';
import { allTargets } from './targets.ts';

const topology = makeTopology();
const world = { topology, hosts: openHosts() };
const KINDS = ['slow-upload', 'long-download'] as const;

beforeAll(() => waitForSteady(world, { deadlineMs: 120_000, signal: new AbortController().signal }));

function makeRunId(): string {
  return `slow-${Date.now().toString(36)}`;
}

const byKind = (records: readonly RequestRecord[], kind: string): readonly RequestRecord[] =>
  records.filter((record) => record.kind === kind);

test('slow uploads and long downloads succeed at every public endpoint, and lose no order', async ({ signal }) => {
  const runId = makeRunId();
  const targets = allTargets(topology);
  await using clients = await startSlowClients({ targets, runId, uploads: 8, downloads: 8, seconds: 6, signal });
  await sleep(6_500, undefined, { signal });
  const { records, orders, problems } = await clients.stop();
  expect(records.filter(({ ok }) => !ok)).toEqual([]);
  expect(problems).toEqual([]);
  for (const kind of KINDS) {
    const own = byKind(records, kind);
    expect(new Set(own.map(({ target }) => target))).toEqual(new Set(targets.map(({ name }) => name)));
    expect(Math.min(...own.map(({ durationMs }) => durationMs))).toBeGreaterThan(2_800);
    expect(Math.max(...own.map(({ durationMs }) => durationMs))).toBeLessThan(9_000);
  }
  const { readBacks, problems: unread } = await readOrders(topology, runId);
  const nodes = hostsOf(topology, 'db').map(({ name }) => name);
  const ledger = judgeLedger(orders, readBacks, { budget: { lost: 0 }, nodes, problems: unread });
  expect(ledger).toMatchObject({ verdict: 'held', reasons: [] });
  expect(ledger.measured.acknowledged).toBeGreaterThan(4);
});

test('transfers that a killed HAProxy cuts are failures of its endpoint, and of no other one', async ({ signal }) => {
  const targets = allTargets(topology);
  const options = { targets, runId: makeRunId(), uploads: 8, downloads: 8, seconds: 3.5, signal };
  await using clients = await startSlowClients(options);
  // All clients have begun, and none has ended.
  await sleep(2_900, undefined, { signal });
  const killed = await world.hosts.exec('edge2', ['s6-svc', '-k', '/etc/s6/haproxy']);
  expect(killed.code).toBe(0);
  const { records } = await clients.stop();
  const failed = records.filter(({ ok }) => !ok);
  for (const kind of KINDS) expect(byKind(failed, kind).length).toBeGreaterThan(0);
  expect(new Set(failed.map(({ target }) => target))).toEqual(new Set(['edge2']));
  expect(byKind(failed, 'long-download').map(({ error }) => error)).toContainEqual(
    expect.stringMatching(/^truncated: /),
  );
  await waitForSteady(world, { deadlineMs: 120_000, signal });
});

test('an interruption ends the clients at once', async ({ signal }) => {
  const interruption = new AbortController();
  const either = AbortSignal.any([signal, interruption.signal]);
  const options = { targets: allTargets(topology), runId: makeRunId(), uploads: 2, downloads: 2, seconds: 60 };
  await using clients = await startSlowClients({ ...options, signal: either });
  const reason = new Error('interrupted');
  await sleep(1_600, undefined, { signal });
  interruption.abort(reason);
  const began = performance.now();
  await expect(clients.stop()).rejects.toBe(reason);
  expect(performance.now() - began).toBeLessThan(500);
});
