import type { Policy } from './policy.ts';
import type { PoolModel, PoolSecond } from './pool.ts';

/**
 * The Horizontal Pod Autoscaler v2 of Kubernetes: `replica_calculator.go` and `horizontal.go` of pkg/controller/podautoscaler, with the default
 * behavior of pkg/apis/autoscaling/v2/defaults.go.
 */
export const HPA_DEFAULTS = {
  /** `--horizontal-pod-autoscaler-sync-period`. */
  syncSeconds: 15,
  tolerance: 0.1,
  /** CPU utilisation of an HPA without metrics. */
  utilisation: 0.8,
  /** `scaleDown.stabilizationWindowSeconds`: the highest recommendation of this time counts. */
  scaleDownWindowSeconds: 300,
  /** Per period, 4 hosts or 100 %, whichever is more. */
  scaleUp: { hosts: 4, ratio: 1, periodSeconds: 15 },
} as const;

export interface ReplicaInput {
  /** Hosts of the target, ready or not. */
  readonly current: number;
  /** Metric of each ready host. */
  readonly values: readonly number[];
  /** Hosts that are not ready yet. Their metric is ignored, or 0 on scale-up. */
  readonly unready?: number;
  /** Ready hosts without a metric. They count as 0 on scale-up, and as at `full` on scale-down. */
  readonly missing?: number;
  readonly target: number;
  /** Metric of a fully used host. Default: the target. */
  readonly full?: number;
  readonly tolerance?: number;
}

/** The replica count for a metric per host, before limits. */
export function recommendReplicas(input: ReplicaInput): number {
  const { current, values, unready = 0, missing = 0, target, full = target } = input;
  const tolerance = input.tolerance ?? HPA_DEFAULTS.tolerance;
  const ratioOf = (all: readonly number[]): number =>
    all.reduce((sum, value) => sum + value, 0) / (all.length * target);
  const ratio = ratioOf(values);
  const countsUnready = unready > 0 && ratio > 1;
  if (missing === 0 && !countsUnready) {
    return isTolerated(ratio, tolerance) ? current : Math.ceil(round(ratio * values.length));
  }
  const assumed = ratio < 1 ? full : 0;
  const all = [
    ...values,
    ...Array.from({ length: missing }, () => assumed),
    ...Array.from({ length: countsUnready ? unready : 0 }, () => 0),
  ];
  const corrected = ratioOf(all);
  const changesDirection = ratio < 1 !== corrected < 1;
  if (isTolerated(corrected, tolerance) || changesDirection) return current;
  const replicas = Math.ceil(round(corrected * all.length));
  const contradicts = corrected < 1 ? replicas > current : replicas < current;
  return contradicts ? current : replicas;
}

function isTolerated(ratio: number, tolerance: number): boolean {
  return Math.abs(1 - round(ratio)) <= tolerance;
}

/** Without the last digits, which a sum in another order changes. */
function round(value: number): number {
  return Number(value.toPrecision(12));
}

/** A recommendation or change, and when it was made. */
interface Event {
  readonly atSecond: number;
  readonly count: number;
}

export interface HpaState {
  readonly recommendations: readonly Event[];
  /** Hosts added by each change. */
  readonly added: readonly Event[];
}

export interface HpaLimits {
  readonly least: number;
  readonly most: number;
  readonly scaleDownWindowSeconds?: number;
  readonly scaleUp?: { readonly hosts: number; readonly ratio: number; readonly periodSeconds: number };
  /** Hosts that may be removed per period. Default: all. */
  readonly scaleDownHosts?: number;
}

/** Applies stabilisation and limits to a recommendation. */
export function normaliseReplicas(
  state: HpaState,
  {
    current,
    recommended,
    atSecond,
  }: { readonly current: number; readonly recommended: number; readonly atSecond: number },
  limits: HpaLimits,
): { readonly state: HpaState; readonly desired: number } {
  const { least, most, scaleUp = HPA_DEFAULTS.scaleUp, scaleDownHosts = Infinity } = limits;
  const windowSeconds = limits.scaleDownWindowSeconds ?? HPA_DEFAULTS.scaleDownWindowSeconds;
  const recent = state.recommendations.filter((event) => event.atSecond > atSecond - windowSeconds);
  const recommendations = [...recent, { atSecond, count: recommended }];
  const stable = recommended >= current ? recommended : Math.max(recommended, ...recent.map((event) => event.count));
  const added = state.added.filter((event) => event.atSecond > atSecond - scaleUp.periodSeconds);
  const before = current - added.reduce((sum, { count }) => sum + count, 0);
  const highest = Math.max(current, before + scaleUp.hosts, Math.ceil(before * (1 + scaleUp.ratio)));
  const limited = stable > current ? Math.min(stable, highest) : Math.max(stable, current - scaleDownHosts);
  const desired = Math.min(Math.max(limited, least), most);
  const change = desired - current;
  return {
    desired,
    state: { recommendations, added: change > 0 ? [...added, { atSecond, count: change }] : added },
  };
}

/** What an HPA measures per host, averaged over the sync period. */
interface HpaMetric {
  readonly name: string;
  readonly valueOf: (second: PoolSecond) => number;
  readonly target: number;
  readonly full: number;
}

/** An HPA on CPU utilisation: the default metric and target. */
export function openCpuHpa(model: PoolModel, hosts: number): Policy {
  return openHpa(model, hosts, {
    name: 'HPA, CPU 80 %',
    valueOf: ({ busy, ready }) => busy / (ready * model.workers),
    ...{ target: HPA_DEFAULTS.utilisation, full: 1 },
  });
}

/** An HPA on requests in flight per host, the best signal that it could have, with the same target utilisation. */
export function openInFlightHpa(model: PoolModel, hosts: number): Policy {
  const target = HPA_DEFAULTS.utilisation * model.workers;
  return openHpa(model, hosts, {
    name: 'HPA, in flight',
    valueOf: ({ busy, queued, ready }) => (busy + queued) / ready,
    ...{ target, full: target },
  });
}

/** Metrics are current and count each ready host at once: the delays of metrics-server and of CPU initialization would only slow it down. */
function openHpa(model: PoolModel, hosts: number, metric: HpaMetric): Policy {
  let state: HpaState = { recommendations: [], added: [] };
  let values: number[] = [];
  let desired = hosts;
  return {
    name: metric.name,
    next: (second, atSecond) => {
      values.push(metric.valueOf(second));
      if (atSecond % HPA_DEFAULTS.syncSeconds !== 0) return desired;
      const average = values.reduce((sum, value) => sum + value, 0) / values.length;
      values = [];
      const { ready, starting } = second;
      const current = ready + starting;
      const recommended = recommendReplicas({
        ...{ current, unready: starting, target: metric.target, full: metric.full },
        values: Array.from({ length: ready }, () => average),
      });
      const limits = { least: model.floor, most: model.ceiling };
      const next = normaliseReplicas(state, { current, recommended, atSecond }, limits);
      state = next.state;
      desired = next.desired;
      return desired;
    },
  };
}
