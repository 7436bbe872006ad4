import type { MEMBER_STATES } from '../../exporters/catalog/member-states.ts';
import type { GtidSet } from './gtid-set.ts';

export type MemberState = (typeof MEMBER_STATES)[number];

/** A member of the group as one node sees it. */
export interface Member {
  /** Host name from the topology, or the address of an unknown host. */
  readonly host: string;
  readonly state: MemberState;
  /** Only known for members of a group. */
  readonly role: 'PRIMARY' | 'SECONDARY' | undefined;
}

/** The state of one database node and its group, as reported by that node. */
export interface NodeView {
  /** When the query was sent (ms of the agent's monotonic clock); the answer is not older. */
  readonly polledAtMs: number;
  /** Start of this mysqld, to about a second (epoch ms). A later start is another process. */
  readonly startedAtMs: number;
  readonly state: MemberState;
  readonly role: 'PRIMARY' | 'SECONDARY' | undefined;
  readonly superReadOnly: boolean;
  /** Empty if the node is not in a group. */
  readonly viewId: string;
  readonly members: readonly Member[];
  /** Transactions that were received but not yet applied. */
  readonly applyQueue: number;
  readonly executed: GtidSet;
  /** All transactions that the group channel received, applied or not. */
  readonly received: GtidSet;
}

/** The last answer of a node, or the reason why it is missing. */
export type NodeReport =
  | { readonly kind: 'answer'; readonly view: NodeView }
  /** `lastView`: the last answer before. A silent node may still run: it may be hung, or partitioned only from this agent. */
  | { readonly kind: 'silent'; readonly reason: string; readonly lastView: NodeView | undefined };

/** Reports of all configured nodes by host name. A missing host was not polled yet. */
export type Reports = ReadonlyMap<string, NodeReport>;

/** The answer of a node if it was polled at most `maxAgeMs` ago; `undefined` for a silent node. */
export function freshView(report: NodeReport | undefined, nowMs: number, maxAgeMs: number): NodeView | undefined {
  if (report?.kind !== 'answer' || nowMs - report.view.polledAtMs > maxAgeMs) return undefined;
  return report.view;
}

/** Whether the node is in the group and votes. */
export function isActive(view: NodeView): boolean {
  return view.state === 'ONLINE' || view.state === 'RECOVERING';
}

/** Number of members in the view that the node can reach, including itself. */
export function reachableMembers(view: NodeView): number {
  return view.members.filter((member) => member.state === 'ONLINE' || member.state === 'RECOVERING').length;
}

/** Whether the node reaches more than half of the members in its view. */
export function hasQuorum(view: NodeView): boolean {
  return isActive(view) && reachableMembers(view) * 2 > view.members.length;
}

/** Whether `count` is more than half of the configured nodes. */
export function isMajority(count: number, configured: number): boolean {
  return count * 2 > configured;
}
