import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { execa } from 'execa';
import { afterEach, expect, it } from 'vitest';
import { switchCache } from '../../deploy/change/switch-cache.ts';
import { sampleKills } from '../../deploy/change/testing.ts';
import { hostsOf, makeTopology } from '../../deploy/model/topology.ts';
import { findCachePrimary, observeCacheReplication } from '../../deploy/observe/cache-replication.ts';
import { waitFor } from '../../kit/deadline.ts';
import { openHosts } from '../../kit/hosts.ts';
import { ROOT } from '../../kit/paths.ts';
import { judgeCacheLedger } from '../judge/cache-ledger.ts';
import { startCacheLedger } from './cache-ledger.ts';

/** Runs against the deployed stack; leaves it with another cache primary. */
const topology = makeTopology();
const context = { topology, hosts: openHosts() };
const { signal } = new AbortController();
const nodes = hostsOf(topology, 'cache').map(({ name }) => name);

/** Longest time without an acknowledged write during a switch. */
const LONGEST_GAP_MS = 5_000;

async function waitUntilComplete(): Promise<void> {
  await waitFor(async () => (await observeCacheReplication(context)).seen, {
    ...{ what: 'full redundancy of the cache', deadlineMs: 60_000 },
  });
}

/** Judges the ledger of writes that `change` interrupts. */
async function judge(change: () => Promise<unknown>, longestGapMs = LONGEST_GAP_MS) {
  await using ledger = await startCacheLedger(topology, { runId: randomUUID().slice(0, 8) });
  await sleep(500);
  await change();
  await sleep(1_000);
  const writes = await ledger.stop();
  await waitUntilComplete();
  const { readBacks, problems } = await ledger.readBack();
  return judgeCacheLedger(writes, readBacks, { budget: { lost: 0, longestGapMs }, nodes, problems });
}

afterEach(waitUntilComplete);

it('a planned switch loses no acknowledged write', async () => {
  const before = await findCachePrimary(context);
  const lines: string[] = [];
  let pausedMs = NaN;
  const judgement = await judge(async () => {
    const result = await switchCache(context, { signal, onProgress: (line) => lines.push(line) });
    expect(result.from).toBe(before);
    expect(result.to).toBe(await findCachePrimary(context));
    pausedMs = result.pausedMs;
  });
  const { acknowledged, rejected, unknown, longestGapMs } = judgement.measured;
  console.log(
    `paused ${pausedMs} ms; ${acknowledged} acknowledged, ${rejected} rejected, ${unknown} unknown, gap ${longestGapMs} ms`,
  );
  expect(judgement.reasons).toEqual([]);
  expect(judgement.verdict).toBe('held');
  expect(acknowledged).toBeGreaterThan(100);
  expect(lines).toEqual([`the primary of the cache moves from ${before ?? ''}`]);
});

it('a process that is killed during the switch loses no acknowledged write, and writes continue', async () => {
  const script = `
    import { makeTopology } from './deploy/model/topology.ts';
    import { openHosts } from './kit/hosts.ts';
    import { switchCache } from './deploy/change/switch-cache.ts';
    const { signal } = new AbortController();
    const onProgress = (line) => console.log(line);
    await switchCache({ topology: makeTopology(), hosts: openHosts() }, { signal, onProgress });`;
  for (const afterMs of sampleKills([400, 100, 900, 1_600], 1)) {
    const judgement = await judge(async () => {
      const child = execa('node', ['--input-type=module', '--eval', script], {
        cwd: ROOT,
        reject: false,
        buffer: false,
      });
      for await (const line of child) if (line.includes('moves from')) break;
      await sleep(afterMs);
      child.kill('SIGKILL');
      await child;
      // The pause expires, and Sentinel demotes the old primary.
      await sleep(10_000);
    }, 12_000);
    const { acknowledged, rejected, unknown, longestGapMs } = judgement.measured;
    console.log(
      `killed after ${afterMs} ms: ${acknowledged} acknowledged, ${rejected} rejected, ${unknown} unknown, gap ${longestGapMs} ms`,
    );
    expect(judgement.reasons).toEqual([]);
    await waitUntilComplete();
  }
});

it('without the pause, the ledger finds lost writes', async () => {
  const lost: number[] = [];
  for (let event = 0; event < 3 && Math.max(0, ...lost) === 0; event += 1) {
    await using ledger = await startCacheLedger(topology, {
      runId: randomUUID().slice(0, 8),
      intervalMs: 0,
      writers: 8,
    });
    await sleep(500);
    await switchCache(context, { isPaused: false, signal, onProgress: () => undefined });
    await sleep(1_000);
    const writes = await ledger.stop();
    await waitUntilComplete();
    const { readBacks } = await ledger.readBack();
    const budget = { lost: 0, longestGapMs: LONGEST_GAP_MS };
    lost.push(judgeCacheLedger(writes, readBacks, { budget, nodes }).measured.lost.length);
  }
  console.log(`lost without the pause: ${lost.join(', ')}`);
  expect(Math.max(...lost)).toBeGreaterThan(0);
});
