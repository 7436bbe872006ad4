import { setImmediate } from 'node:timers/promises';
import type { Settings } from '../settings.ts';
import { openCpuHpa, openInFlightHpa } from './hpa.ts';
import { openKnative } from './knative.ts';
import { openOwnPolicy } from './own-policy.ts';
import type { Policy } from './policy.ts';
import { resize, serveSecond, type PoolModel, type PoolState } from './pool.ts';
import { openRandom } from './random.ts';
import type { Trace } from './shapes.ts';

/**
 * Offsets of the trace in seconds. Luck in the moment of a tick would decide between policies otherwise: half of the offsets are odd, for Knative's
 * 2 s, and they divide the 15 s of an HPA evenly. A long trace has many bursts of its own.
 */
const PHASES = [0, 3, 5, 8, 10, 13];
const LONG_TRACE_SECONDS = 7_200;

/** The cost and the quality of one policy on one trace: the mean over all phases. */
export interface Outcome {
  readonly policy: string;
  readonly secondsOutOfSlo: number;
  readonly refused: number;
  /** Hosts in rotation or starting, over time. */
  readonly instanceHours: number;
  /** Changes of the host count in the other direction than the change before. */
  readonly reversals: number;
  /** Hosts in rotation or starting, one entry per second, of the first phase. */
  readonly hosts: readonly number[];
}

export interface Comparison {
  readonly trace: string;
  readonly seconds: number;
  /** Arrivals of each second, without retries. */
  readonly rates: readonly number[];
  /** The own policy first. */
  readonly outcomes: readonly Outcome[];
}

interface CompareOptions {
  readonly settings: Settings;
  readonly model: PoolModel;
  readonly signal: AbortSignal;
}

/** Runs every policy on a trace, with the same arrivals, pool and start-up time. */
export async function compare(trace: Trace, { settings, model, signal }: CompareOptions): Promise<Comparison> {
  const random = openRandom(1);
  const rates = trace.rates.map((rate) => random.events(rate));
  const start = { model, hosts: hostsFor(trace.rates[0] ?? 0, model) };
  const outcomes: Outcome[] = [];
  for (const open of policies(settings, start)) {
    const runs: Outcome[] = [];
    for (const phase of rates.length > LONG_TRACE_SECONDS ? [0] : PHASES) {
      // A long trace takes seconds: let Ctrl-C through.
      await setImmediate();
      signal.throwIfAborted();
      runs.push(run(open(phase), { rates, retryShare: trace.retryShare, phase }, start));
    }
    outcomes.push(averageOf(runs));
  }
  return { trace: trace.name, seconds: rates.length, rates, outcomes };
}

/** Opens each policy at the beginning of a phase. The own one draws other readings in each. */
function policies(settings: Settings, { model, hosts }: Start): readonly ((phase: number) => Policy)[] {
  return [
    (phase) => openOwnPolicy(settings, { hosts, seed: phase + 2 }),
    () => openCpuHpa(model, hosts),
    () => openInFlightHpa(model, hosts),
    () => openKnative(model, hosts),
  ];
}

/** Every policy begins with the hosts that the first second needs at 80 % utilisation. */
function hostsFor(rate: number, { workers, serviceSeconds, floor, ceiling }: PoolModel): number {
  return Math.min(Math.max(Math.ceil((rate * serviceSeconds) / (0.8 * workers)), floor), ceiling);
}

interface Start {
  readonly model: PoolModel;
  readonly hosts: number;
}

interface Arrivals extends Pick<Trace, 'rates' | 'retryShare'> {
  readonly phase: number;
}

function run(policy: Policy, { rates, retryShare, phase }: Arrivals, { model, hosts }: Start): Outcome {
  let state: PoolState = { ready: hosts, starting: [], queued: 0 };
  let [retries, refused, secondsOutOfSlo] = [0, 0, 0];
  const counts: number[] = [];
  rates.forEach((rate, index) => {
    const served = serveSecond(model, state, rate + retries);
    const { second } = served;
    retries = retryShare * second.refused;
    refused += second.refused;
    if (second.isOutOfSlo) secondsOutOfSlo += 1;
    counts.push(second.ready + second.starting);
    state = resize(model, served.state, policy.next(second, phase + index + 1));
  });
  return {
    ...{ policy: policy.name, secondsOutOfSlo, refused, hosts: counts },
    instanceHours: counts.reduce((sum, count) => sum + count, 0) / 3_600,
    reversals: countReversals(counts),
  };
}

function averageOf(runs: readonly Outcome[]): Outcome {
  const mean = (pick: (outcome: Outcome) => number): number =>
    runs.reduce((sum, outcome) => sum + pick(outcome), 0) / runs.length;
  return {
    policy: runs[0]?.policy ?? '',
    secondsOutOfSlo: mean((outcome) => outcome.secondsOutOfSlo),
    refused: mean((outcome) => outcome.refused),
    instanceHours: mean((outcome) => outcome.instanceHours),
    reversals: mean((outcome) => outcome.reversals),
    hosts: runs[0]?.hosts ?? [],
  };
}

/** Counts the changes in the other direction than the change before. */
export function countReversals(counts: readonly number[]): number {
  let [direction, reversals] = [0, 0];
  counts.slice(1).forEach((count, index) => {
    const change = Math.sign(count - (counts[index] ?? count));
    if (change === 0) return;
    if (change === -direction) reversals += 1;
    direction = change;
  });
  return reversals;
}
