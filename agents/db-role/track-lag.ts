import { containsGtidSet, type GtidSet } from './gtid-set.ts';
import { hasQuorum, type NodeView } from './node-view.ts';

/** What the primary had executed, and during which time that was so (milliseconds of the agent's monotonic clock). */
interface Sample {
  readonly fromMs: number;
  readonly toMs: number;
  readonly executed: GtidSet;
}

/** How far nodes lag, and what the agent needs to remember for that. */
export interface LagState {
  /** Oldest first. */
  readonly samples: readonly Sample[];
  /** Everything that the primary had executed at that time is on the node. */
  readonly coveredMs: ReadonlyMap<string, number>;
  /**
   * Of each node that answered: age of the oldest transaction that it may have lacked, milliseconds; 0 if it had all of the primary's last
   * answer. Too long by at most one poll and never too short. Infinite while it was never seen to have all of an earlier answer.
   */
  readonly lagMs: ReadonlyMap<string, number>;
}

export const NO_LAG_STATE: LagState = { samples: [], coveredMs: new Map(), lagMs: new Map() };

/** About a minute of polls. A node that lags further is known to lag at least as long as it really does. */
const MAX_SAMPLES = 128;

/**
 * Follows how far each node lags behind the primary, by what they have executed and by the agent's own clock alone.
 *
 * The commit timestamps in performance_schema are of the primary's clock and would be compared with the node's: a skew of a second is a lag
 * of a second. They also exist only for transactions that a worker has begun to apply. Here a node that has everything that the primary had
 * at the last poll has no lag, whatever clocks say; one that is held up lags by the time since it last had everything.
 */
export function trackLag(before: LagState, views: ReadonlyMap<string, NodeView>): LagState {
  const samples = addSample(before.samples, primaryIn(views));
  const coveredMs = new Map(before.coveredMs);
  const lagMs = new Map<string, number>();
  for (const [node, view] of views) {
    const known = samples.filter(({ fromMs }) => fromMs <= view.askedAtMs);
    const newest = known.findLast((sample) => containsGtidSet(view.executed, sample.executed));
    const nowCoveredMs = Math.min(newest?.toMs ?? -Infinity, view.askedAtMs);
    const isCurrent = newest !== undefined && newest === known.at(-1);
    coveredMs.set(node, Math.max(nowCoveredMs, coveredMs.get(node) ?? -Infinity));
    lagMs.set(node, isCurrent ? 0 : view.askedAtMs - (coveredMs.get(node) ?? -Infinity));
  }
  return { samples, coveredMs, lagMs };
}

/** The only ONLINE primary with a quorum. While there is none, nothing is committed. */
function primaryIn(views: ReadonlyMap<string, NodeView>): NodeView | undefined {
  const primaries = [...views.values()].filter(
    (view) => view.state === 'ONLINE' && view.role === 'PRIMARY' && hasQuorum(view),
  );
  return primaries.length === 1 ? primaries[0] : undefined;
}

function addSample(samples: readonly Sample[], primary: NodeView | undefined): readonly Sample[] {
  const last = samples.at(-1);
  if (primary === undefined || primary.askedAtMs <= (last?.toMs ?? -Infinity)) return samples;
  const { askedAtMs, executed } = primary;
  const isIdle = last !== undefined && containsGtidSet(last.executed, executed);
  if (isIdle && containsGtidSet(executed, last.executed)) {
    return [...samples.slice(0, -1), { ...last, toMs: askedAtMs }];
  }
  return [...samples, { fromMs: askedAtMs, toMs: askedAtMs, executed }].slice(-MAX_SAMPLES);
}
