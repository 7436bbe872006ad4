import { EMPTY_GTID_SET, uniteGtidSets, type GtidSet } from './gtid-set.ts';
import { freshView, hasQuorum, type Reports } from './node-view.ts';
import { primaryOf } from './decide-routes.ts';

/** The last group with a quorum that this agent saw: who may have got writes that others have not. */
export interface ViewRecord {
  /** Every member of the view, sorted; unreachable ones too, until the group has put them out. */
  readonly members: readonly string[];
  readonly primary: string | undefined;
  /** When mysqld of the primary was started (milliseconds of wall clock). */
  readonly primaryStartedAtMs: number | undefined;
  /** Everything that was seen as executed by any member. */
  readonly executed: GtidSet;
  readonly seenAt: Date;
  /** Which life of the agent saw it. In another life something may have happened in between. */
  readonly session: string;
}

interface RecordInput {
  readonly nodes: readonly string[];
  readonly reports: Reports;
  readonly nowMs: number;
  readonly maxAgeMs: number;
  readonly seenAt: Date;
  readonly session: string;
  readonly before: ViewRecord | undefined;
}

/**
 * The record after these reports. Where the members disagree for a moment, all whom any of them names count as members: too many makes
 * the agent refuse, too few could make it lose writes.
 */
export function decideRecord(input: RecordInput): ViewRecord | undefined {
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

/** Whether another group, another primary or another life is on record: to be on the disk before anything else happens. */
export function isNewRecord(before: ViewRecord | undefined, after: ViewRecord): boolean {
  return (
    before?.session !== after.session ||
    before.primary !== after.primary ||
    before.members.join() !== after.members.join()
  );
}
