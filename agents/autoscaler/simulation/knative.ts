import type { Policy } from './policy.ts';
import type { PoolModel } from './pool.ts';

/** The autoscaler of Knative Serving (KPA): pkg/autoscaler/scaling/autoscaler.go, with the defaults of pkg/autoscaler/config. */
export const KNATIVE_DEFAULTS = {
  tickSeconds: 2,
  stableWindowSeconds: 60,
  /** `panic-window-percentage` of 10. */
  panicWindowSeconds: 6,
  /** `panic-threshold-percentage` of 200. */
  panicThreshold: 2,
  maxScaleUpRate: 1_000,
  maxScaleDownRate: 2,
  /** `container-concurrency-target-percentage`. */
  utilisation: 0.7,
} as const;

export interface KnativeSettings {
  /** Concurrent requests per host. */
  readonly target: number;
  readonly panicThreshold: number;
  readonly maxScaleUpRate: number;
  readonly maxScaleDownRate: number;
  readonly stableWindowSeconds: number;
}

export interface KnativeState {
  /** Second in which the pool was last above the panic threshold; undefined outside panic mode. */
  readonly panicAt: number | undefined;
  /** The highest count of this panic. */
  readonly panicHosts: number;
}

export interface KnativeInput {
  readonly ready: number;
  /** Mean concurrency of the stable and of the panic window. */
  readonly stable: number;
  readonly panic: number;
  readonly atSecond: number;
}

/** The desired count, before the limits of the pool. */
export function decideKnative(
  state: KnativeState,
  input: KnativeInput,
  settings: KnativeSettings,
): { readonly state: KnativeState; readonly desired: number } {
  const { target, panicThreshold, maxScaleUpRate, maxScaleDownRate, stableWindowSeconds } = settings;
  const ready = Math.max(1, input.ready);
  const [lowest, highest] = [Math.floor(ready / maxScaleDownRate), Math.ceil(maxScaleUpRate * ready)];
  const sizeFor = (concurrency: number): number => Math.min(Math.max(Math.ceil(concurrency / target), lowest), highest);
  const isBurst = Math.ceil(input.panic / target) / ready >= panicThreshold;
  const isOver = state.panicAt !== undefined && state.panicAt + stableWindowSeconds < input.atSecond;
  const stable = sizeFor(input.stable);
  if (!isBurst && (state.panicAt === undefined || isOver)) {
    return { desired: stable, state: { panicAt: undefined, panicHosts: 0 } };
  }
  // During a panic the count never falls.
  const panicHosts = Math.max(stable, sizeFor(input.panic), state.panicHosts);
  return { desired: panicHosts, state: { panicAt: isBurst ? input.atSecond : state.panicAt, panicHosts } };
}

/** Knative with its defaults on this pool: the concurrency of a host is its number of workers. */
export function openKnative(model: PoolModel, hosts: number): Policy {
  const { tickSeconds, panicWindowSeconds, utilisation, ...rest } = KNATIVE_DEFAULTS;
  const settings: KnativeSettings = { ...rest, target: utilisation * model.workers };
  // A new autoscaler of more than one host begins in panic mode, so that it keeps them until it has data.
  let state: KnativeState = { panicAt: hosts > 1 ? 0 : undefined, panicHosts: hosts };
  const concurrency: number[] = [];
  let desired = hosts;
  return {
    name: 'Knative',
    next: ({ busy, queued, ready }, atSecond) => {
      concurrency.push(busy + queued);
      if (concurrency.length > settings.stableWindowSeconds) concurrency.shift();
      if (atSecond % tickSeconds !== 0) return desired;
      const [stable, panic] = [average(concurrency), average(concurrency.slice(-panicWindowSeconds))];
      const decided = decideKnative(state, { ready, stable, panic, atSecond }, settings);
      state = decided.state;
      desired = Math.min(Math.max(decided.desired, model.floor), model.ceiling);
      return desired;
    },
  };
}

function average(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
