import { containsGtidSet, type GtidSet } from './gtid-set.ts';
import { hasQuorum, type NodeView } from './node-view.ts';

/** The transactions that the primary had executed during a period (ms of the agent's monotonic clock). */
interface Sample {
  readonly fromMs: number;
  readonly toMs: number;
  readonly executed: GtidSet;
}

/** The lag of the nodes, and the samples to compute it. */
export interface LagState {
  /** Oldest first. */
  readonly samples: readonly Sample[];
  /** The latest time up to which the node has all transactions that the primary had executed. */
  readonly coveredMs: ReadonlyMap<string, number>;
  /**
   * Lag of each node that answered: age in ms of the oldest transaction that it may have lacked; 0 if it had all transactions of the
   * primary's last answer. Overestimates by at most one poll, never underestimates. Infinite until the node first had all transactions
   * of a sample.
   */
  readonly lagMs: ReadonlyMap<string, number>;
}

export const NO_LAG_STATE: LagState = { samples: [], coveredMs: new Map(), lagMs: new Map() };

/** About a minute of polls. The lag of a node that is further behind is still not underestimated. */
const MAX_SAMPLES = 128;

/**
 * Computes the lag of each node behind the primary from their executed transactions and the agent's own clock.
 *
 * It does not use the commit timestamps in performance_schema. These come from the primary's clock and would be compared with the node's
 * clock, so a skew of a second would count as a lag of a second. They also exist only for transactions that a worker has begun to apply.
 *
 * Here, a node that has all transactions of the primary's last poll has no lag, independent of clocks. The lag of a delayed node is the
 * time since it last had all transactions.
 */
export function trackLag(before: LagState, views: ReadonlyMap<string, NodeView>): LagState {
  const samples = addSample(before.samples, primaryIn(views));
  const coveredMs = new Map(before.coveredMs);
  const lagMs = new Map<string, number>();
  for (const [node, view] of views) {
    const known = samples.filter(({ fromMs }) => fromMs <= view.polledAtMs);
    const newest = known.findLast((sample) => containsGtidSet(view.executed, sample.executed));
    const nowCoveredMs = Math.min(newest?.toMs ?? -Infinity, view.polledAtMs);
    const isCurrent = newest !== undefined && newest === known.at(-1);
    coveredMs.set(node, Math.max(nowCoveredMs, coveredMs.get(node) ?? -Infinity));
    lagMs.set(node, isCurrent ? 0 : view.polledAtMs - (coveredMs.get(node) ?? -Infinity));
  }
  return { samples, coveredMs, lagMs };
}

/** The only ONLINE primary with a quorum. Without one, no writes are committed. */
function primaryIn(views: ReadonlyMap<string, NodeView>): NodeView | undefined {
  const primaries = [...views.values()].filter(
    (view) => view.state === 'ONLINE' && view.role === 'PRIMARY' && hasQuorum(view),
  );
  return primaries.length === 1 ? primaries[0] : undefined;
}

function addSample(samples: readonly Sample[], primary: NodeView | undefined): readonly Sample[] {
  const last = samples.at(-1);
  if (primary === undefined || primary.polledAtMs <= (last?.toMs ?? -Infinity)) return samples;
  const { polledAtMs, executed } = primary;
  const isIdle = last !== undefined && containsGtidSet(last.executed, executed);
  if (isIdle && containsGtidSet(executed, last.executed)) {
    return [...samples.slice(0, -1), { ...last, toMs: polledAtMs }];
  }
  return [...samples, { fromMs: polledAtMs, toMs: polledAtMs, executed }].slice(-MAX_SAMPLES);
}
