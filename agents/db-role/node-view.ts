import type { MEMBER_STATES } from '../../exporters/catalog/member-states.ts';
import type { GtidSet } from './gtid-set.ts';

export type MemberState = (typeof MEMBER_STATES)[number];

/** A member of the group as one node sees it. */
export interface Member {
  /** Host of the topology, or the address when it is none of ours. */
  readonly host: string;
  readonly state: MemberState;
  /** Known in a group only. */
  readonly role: 'PRIMARY' | 'SECONDARY' | undefined;
}

/** What one database node says of itself and of its group, at one moment. */
export interface NodeView {
  /** When the question was sent: the answer is not older than this (milliseconds of the agent's monotonic clock). */
  readonly askedAtMs: number;
  /** When this mysqld was started, to about a second (milliseconds of wall clock). A later one is another process. */
  readonly startedAtMs: number;
  readonly state: MemberState;
  readonly role: 'PRIMARY' | 'SECONDARY' | undefined;
  readonly superReadOnly: boolean;
  /** Empty when the node is in no group. */
  readonly viewId: string;
  readonly members: readonly Member[];
  /** Transactions that were received and not yet applied. */
  readonly applyQueue: number;
  readonly executed: GtidSet;
  /** What the group's channel received, applied or not. */
  readonly received: GtidSet;
}

/** What the agent knows of a node: its last answer, or why there is none. */
export type NodeReport =
  | { readonly kind: 'answer'; readonly view: NodeView }
  /** `lastView`: the answer before it went silent. Silence is not death: the node may be frozen, or cut off from us only. */
  | { readonly kind: 'silent'; readonly reason: string; readonly lastView: NodeView | undefined };

/** Reports of all configured nodes by host name. A host that is missing was never asked. */
export type Reports = ReadonlyMap<string, NodeReport>;

/** The answer of a node if it was asked at most `maxAgeMs` ago. A silence has no answer, however short it is. */
export function freshView(report: NodeReport | undefined, nowMs: number, maxAgeMs: number): NodeView | undefined {
  if (report?.kind !== 'answer' || nowMs - report.view.askedAtMs > maxAgeMs) return undefined;
  return report.view;
}

/** In the group: it takes part in its votes. */
export function isActive(view: NodeView): boolean {
  return view.state === 'ONLINE' || view.state === 'RECOVERING';
}

/** How many of the view's members the node can talk to, itself included. */
export function reachableMembers(view: NodeView): number {
  return view.members.filter((member) => member.state === 'ONLINE' || member.state === 'RECOVERING').length;
}

/** Whether the node is on the side of its group that can decide: more than half of the members of its view are there. */
export function hasQuorum(view: NodeView): boolean {
  return isActive(view) && reachableMembers(view) * 2 > view.members.length;
}

/** More than half of the configured nodes. */
export function isMajority(count: number, configured: number): boolean {
  return count * 2 > configured;
}
