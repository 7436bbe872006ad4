import type { Refusal } from './decide-bootstrap.ts';
import { primaryOf, type Routes } from './decide-routes.ts';
import { hasQuorum, type NodeView } from './node-view.ts';
import type { LastKnownGroup } from './last-known-group.ts';

/** The observations and decisions of the agent at one moment. */
export interface Snapshot {
  readonly nodes: readonly NodeSnapshot[];
  readonly routes: Routes;
  readonly membersOnline: number;
  readonly disagreement: boolean;
  readonly refusal: Refusal | undefined;
  readonly diverged: ReadonlySet<string>;
  readonly lastKnownGroup: LastKnownGroup | undefined;
  readonly writerChanges: number;
  /** Epoch ms; 0 until the first writer. */
  readonly writerChangedAtMs: number;
}

interface NodeSnapshot {
  readonly node: string;
  /** `undefined`: no fresh answer. */
  readonly view: NodeView | undefined;
  readonly answerMs: number | undefined;
  /** Lag behind the primary; `undefined` without a fresh answer. */
  readonly lagMs: number | undefined;
}

/** The largest number of ONLINE members in the view of any node with a quorum. */
export function countMembersOnline(views: readonly NodeView[]): number {
  const counts = views
    .filter(hasQuorum)
    .map((view) => view.members.filter((member) => member.state === 'ONLINE').length);
  return Math.max(0, ...counts);
}

/** Whether nodes with a quorum disagree on the members or the primary. This is normal for a moment during changes. */
export function haveSplitViews(views: readonly NodeView[]): boolean {
  const seen = views.filter(hasQuorum).map(
    (view) =>
      `${primaryOf(view) ?? ''} ${view.members
        .map((member) => member.host)
        .toSorted()
        .join()}`,
  );
  return new Set(seen).size > 1;
}
