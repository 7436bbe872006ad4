import { decideBootstrap, historyOf, type BootstrapDecision, type RepairInput } from './decide-bootstrap.ts';
import { containsGtidSet, uniteGtidSets } from './gtid-set.ts';
import { freshView, hasQuorum, type NodeView } from './node-view.ts';

/** The repair of one node that is not in the group. */
export type NodeRepair =
  /** It booted: join the group. */
  | { readonly kind: 'join'; readonly host: string }
  /** It is in ERROR: stop Group Replication and join again. */
  | { readonly kind: 'rejoin'; readonly host: string }
  /** It has errant transactions, which only an operator may discard. */
  | { readonly kind: 'diverged'; readonly host: string };

export interface RepairDecision {
  readonly bootstrap: BootstrapDecision;
  readonly nodes: readonly NodeRepair[];
}

/** The repairs that are due. If a group exists, nodes rejoin it; otherwise a group may be formed; never both. */
export function decideRepair(input: RepairInput): RepairDecision {
  const group = input.nodes.flatMap((node) => {
    const view = freshView(input.reports.get(node), input.nowMs, input.maxAgeMs);
    return view?.state === 'ONLINE' && hasQuorum(view) ? [view] : [];
  });
  if (group.length === 0) return { bootstrap: decideBootstrap(input), nodes: [] };
  return {
    bootstrap: { kind: 'none' },
    nodes: input.nodes.flatMap((node) => decideNode(input, node, group) ?? []),
  };
}

function decideNode(input: RepairInput, host: string, group: readonly NodeView[]): NodeRepair | undefined {
  const view = freshView(input.reports.get(host), input.nowMs, input.maxAgeMs);
  if (view?.state !== 'OFFLINE' && view?.state !== 'ERROR') return undefined;
  // The group has not yet expelled the former instance of the node, so it would reject the new one.
  if (group.some((seen) => seen.members.some((member) => member.host === host))) return undefined;
  if (!containsGtidSet(uniteGtidSets(group.map(historyOf)), view.executed)) return { kind: 'diverged', host };
  if (view.state === 'OFFLINE') return { kind: 'join', host };
  const inStateMs = input.nowMs - (input.stateSinceMs.get(host) ?? input.nowMs);
  return inStateMs >= input.repairAfterMs ? { kind: 'rejoin', host } : undefined;
}
