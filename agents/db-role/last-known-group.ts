import { EMPTY_GTID_SET, uniteGtidSets, type GtidSet } from './gtid-set.ts';
import { freshView, hasQuorum, type Reports } from './node-view.ts';
import { primaryOf } from './decide-routes.ts';

/** The last group with a quorum that this agent saw. Its members may have writes that other nodes lack. */
export interface LastKnownGroup {
  /** Every member of the view, sorted; includes unreachable ones until the group expels them. */
  readonly members: readonly string[];
  readonly primary: string | undefined;
  /** Start of the primary's mysqld (epoch ms). */
  readonly primaryStartedAtMs: number | undefined;
  /** All transactions that any member was seen to have executed. */
  readonly executed: GtidSet;
  readonly seenAt: Date;
  /** ID of the agent run that saw it. Another run may have missed changes since then. */
  readonly session: string;
}

interface GroupInput {
  readonly nodes: readonly string[];
  readonly reports: Reports;
  readonly nowMs: number;
  readonly maxAgeMs: number;
  readonly seenAt: Date;
  readonly session: string;
  readonly before: LastKnownGroup | undefined;
}

/**
 * The last known group after these reports. While the members disagree, all hosts that any of them reports count as members: with too
 * many members the agent refuses to bootstrap, with too few it could lose writes.
 */
export function decideLastKnownGroup(input: GroupInput): LastKnownGroup | undefined {
  const { nodes, reports, nowMs, maxAgeMs, before } = input;
  const views = nodes.flatMap((node) => {
    const view = freshView(reports.get(node), nowMs, maxAgeMs);
    return view !== undefined && hasQuorum(view) ? [{ node, view }] : [];
  });
  if (views.length === 0) return before;
  const members = new Set(views.flatMap(({ view }) => view.members.map((member) => member.host)));
  const own = views.find(({ node, view }) => view.role === 'PRIMARY' && primaryOf(view) === node);
  return {
    members: [...members].toSorted(),
    primary: own?.node ?? before?.primary,
    primaryStartedAtMs: own?.view.startedAtMs ?? before?.primaryStartedAtMs,
    executed: uniteGtidSets([before?.executed ?? EMPTY_GTID_SET, ...views.map(({ view }) => view.executed)]),
    seenAt: input.seenAt,
    session: input.session,
  };
}

/** Whether members, primary or agent run changed. Such a change is written to disk at once. */
export function isNewGroup(before: LastKnownGroup | undefined, after: LastKnownGroup): boolean {
  return (
    before?.session !== after.session ||
    before.primary !== after.primary ||
    before.members.join() !== after.members.join()
  );
}
