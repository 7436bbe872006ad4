import type { StackContext } from '../../deploy/observe/observation.ts';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Topology } from '../../deploy/model/topology.ts';
import { openHosts } from '../../kit/hosts.ts';
import { PATHS } from '../../kit/paths.ts';
import type { Verdict } from '../../kit/verdict.ts';
import { hostileClient, type AttackedEntry } from '../faults/hostile-client.ts';
import { findAllEntries, findEntries } from '../guarantees/abuse.ts';
import type { AttackKind } from '../hostile/attack.ts';
import { openFault } from '../journal/open-fault.ts';
import { openJournal } from '../journal/journal.ts';
import { healAbandoned } from '../journal/heal-abandoned.ts';
import { startHealer } from '../journal/start-healer.ts';
import { latencyOf, type Latency } from '../judge/latency.ts';
import { recordsIn } from '../judge/records.ts';
import { MIN_SHARE, waitForBaseline, waitForSteady } from '../runner/steady-state.ts';
import { refuseUnrecorded } from '../unrecorded/find-unrecorded.ts';
import type { LoadRun } from './load-run.ts';
import { recordLoad } from './record-load.ts';
import { startLoad } from './start-load.ts';
import { defaultTargets } from './targets.ts';

export interface HostileOptions {
  readonly topology: Topology;
  readonly attacks: readonly AttackKind[];
  /** A target of `load`; missing: the first edge, and the virtual IP over both protocols. */
  readonly target?: string;
  /** How long each attack lasts. */
  readonly seconds: number;
  /** Requests per second of honest clients. */
  readonly rate: number;
  readonly onProgress: (line: string) => void;
  readonly signal: AbortSignal;
}

/** Results of the honest clients for one attack. */
export interface HostileRow {
  readonly attack: AttackKind;
  readonly target: string;
  readonly verdict: Verdict;
  readonly during: Latency;
  /** From {@link NORMAL_AFTER_MS} after the end of the attack on. */
  readonly afterwards: Latency;
  /** The counters of the attacked HAProxy for the attacker, from the effect probe. */
  readonly effect: string;
  readonly reasons: readonly string[];
}

/** Limits for honest clients during an attack: ratio of failed requests, and p99. */
const MOST_FAILED_RATIO = 0.01;
const MOST_P99_MS = 1_000;
/** Time after the end of an attack from which it must have no effect any more. */
const NORMAL_AFTER_MS = 10_000;
/** Duration of the measurement after an attack. */
const AFTERWARDS_MS = 4_000;
const STEADY_DEADLINE_MS = 150_000;
const BASELINE_DEADLINE_MS = 60_000;
/** More than starting, proving and ending an attack takes. */
const SPARE_SECONDS = 15;
/** Lease of the undo record beyond the duration of an attack: covers the effect probe, with a margin. */
const LEASE_SPARE_MS = 100_000;

/** Attacks entries of the site, one after the other, during honest load. Yields the results of each attack as soon as they are known. */
export async function* runHostile(options: HostileOptions): AsyncGenerator<HostileRow> {
  const { topology, attacks, seconds, rate, onProgress, signal } = options;
  const world: StackContext = { topology, hosts: openHosts() };
  const journal = openJournal(PATHS.journal);
  await healAbandoned(world, journal, onProgress);
  await refuseUnrecorded(world, journal);
  onProgress('waiting until all hosts are healthy and no alert fires');
  await waitForSteady(world, { deadlineMs: STEADY_DEADLINE_MS, signal, onWait: onProgress });
  const { target } = options;
  const entries =
    target === undefined
      ? await findEntries(world)
      : (await findAllEntries(world)).filter(({ name }) => name === target);
  await startHealer(topology);
  const pairs = attacks.flatMap((attack) => entries.map((entry) => ({ attack, entry })));
  const perAttack = seconds + (NORMAL_AFTER_MS + AFTERWARDS_MS) / 1_000 + SPARE_SECONDS;
  const runId = `hostile-${Date.now().toString(36)}`;
  const durationSeconds = Math.ceil(pairs.length * perAttack + BASELINE_DEADLINE_MS / 1_000);
  await using _record = await recordLoad(journal, { runId, durationSeconds });
  await using load = await startLoad({
    ...{ suite: 'steady', runId, rate, signal, durationSeconds, targets: defaultTargets('steady', topology) },
    directory: join(PATHS.runs, runId),
  });
  onProgress(
    `honest load: ${rate} requests/s; ${pairs.length} attacks take up to ${Math.ceil((pairs.length * perAttack) / 60)} min`,
  );
  await waitForBaseline(load, rate, { deadlineMs: BASELINE_DEADLINE_MS, signal });
  for (const pair of pairs) {
    onProgress(`${pair.attack} on ${pair.entry.name}`);
    yield await attackOnce({ world, load, rate, seconds, signal, ...pair });
  }
}

interface AttackRun {
  readonly world: StackContext;
  readonly load: Pick<LoadRun, 'records'>;
  readonly attack: AttackKind;
  readonly entry: AttackedEntry;
  /** Planned requests per second of the load. */
  readonly rate: number;
  readonly seconds: number;
  readonly signal: AbortSignal;
}

async function attackOnce({ world, load, rate, attack, entry, seconds, signal }: AttackRun): Promise<HostileRow> {
  const options = { world, journal: openJournal(PATHS.journal), leaseMs: seconds * 1_000 + LEASE_SPARE_MS, signal };
  const { startMs, endMs, effect } = await (async () => {
    await using active = await openFault(hostileClient(attack, [entry]), options);
    await sleep(Math.max(0, active.orderedAt + seconds * 1_000 - Date.now()), undefined, { signal });
    const last = await active.checkEffect();
    return { startMs: active.orderedAt, endMs: Date.now(), effect: active.effect.seen ? last : active.effect };
  })();
  await sleep(NORMAL_AFTER_MS + AFTERWARDS_MS, undefined, { signal });
  const during = latencyOf(recordsIn(load.records, { startMs, endMs }));
  const normalAt = endMs + NORMAL_AFTER_MS;
  const afterwards = latencyOf(recordsIn(load.records, { startMs: normalAt, endMs: normalAt + AFTERWARDS_MS - 1_000 }));
  return {
    attack,
    target: entry.name,
    during,
    afterwards,
    effect: effect.text,
    ...judge(during, afterwards, { tookEffect: effect.seen, wanted: (rate * (endMs - startMs)) / 1_000 }),
  };
}

/** `wanted`: planned requests during the attack. Exported for its test. */
export function judge(
  during: Latency,
  afterwards: Latency,
  { tookEffect, wanted }: { readonly tookEffect: boolean; readonly wanted: number },
): { readonly verdict: Verdict; readonly reasons: readonly string[] } {
  const violations = [
    ...(during.failed > during.requests * MOST_FAILED_RATIO ? [`${during.failed} of ${during.requests} failed`] : []),
    ...((during.p99 ?? 0) > MOST_P99_MS ? [`p99 is ${(during.p99 ?? 0).toFixed(0)} ms`] : []),
    ...(afterwards.failed > 0 ? [`${afterwards.failed} failed ${NORMAL_AFTER_MS / 1_000} s after its end`] : []),
    ...((afterwards.p99 ?? 0) > MOST_P99_MS ? [`p99 is ${(afterwards.p99 ?? 0).toFixed(0)} ms afterwards`] : []),
  ];
  const validityProblems = [
    ...(tookEffect ? [] : ['the attack had no proven effect']),
    ...(afterwards.requests === 0 ? ['no honest request was recorded after the attack'] : []),
    ...(during.requests < wanted * MIN_SHARE
      ? [`the load generator fell behind: ${during.requests} of ${Math.round(wanted)} requests during the attack`]
      : []),
  ];
  const verdict = violations.length > 0 ? 'violated' : validityProblems.length > 0 ? 'unknown' : 'held';
  return { verdict, reasons: [...violations, ...validityProblems] };
}
