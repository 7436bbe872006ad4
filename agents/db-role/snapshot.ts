import type { Refusal } from './decide-bootstrap.ts';
import { primaryOf, type Routes } from './decide-routes.ts';
import { hasQuorum, type NodeView } from './node-view.ts';
import type { ViewRecord } from './last-known-group.ts';

/** Everything that the agent knows and has decided, at one moment. */
export interface Snapshot {
  readonly nodes: readonly NodeSnapshot[];
  readonly routes: Routes;
  readonly membersOnline: number;
  readonly disagreement: boolean;
  readonly refusal: Refusal | undefined;
  readonly diverged: ReadonlySet<string>;
  readonly record: ViewRecord | undefined;
  readonly writerChanges: number;
  /** Wall clock; 0 as long as there was no writer. */
  readonly writerChangedAtMs: number;
}

interface NodeSnapshot {
  readonly node: string;
  /** `undefined`: no fresh answer. */
  readonly view: NodeView | undefined;
  readonly answerMs: number | undefined;
  /** How far it lags behind the primary; `undefined` without a fresh answer. */
  readonly lagMs: number | undefined;
}

/** ONLINE members of the group, in the eyes of the node that sees most of them from the side with the quorum. */
export function countMembersOnline(views: readonly NodeView[]): number {
  const counts = views
    .filter(hasQuorum)
    .map((view) => view.members.filter((member) => member.state === 'ONLINE').length);
  return Math.max(0, ...counts);
}

/** Whether nodes in the group disagree on who is in it or who is its primary. Normal for a moment while it changes. */
export function disagree(views: readonly NodeView[]): boolean {
  const seen = views.filter(hasQuorum).map(
    (view) =>
      `${primaryOf(view) ?? ''} ${view.members
        .map((member) => member.host)
        .toSorted()
        .join()}`,
  );
  return new Set(seen).size > 1;
}
