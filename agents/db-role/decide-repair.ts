import { decideBootstrap, historyOf, type BootstrapDecision, type MendInput } from './decide-bootstrap.ts';
import { containsGtidSet, uniteGtidSets } from './gtid-set.ts';
import { freshView, hasQuorum, type NodeView } from './node-view.ts';

/** What to do for one node that is not in the group. */
export type NodeMend =
  /** It booted: let it join. */
  | { readonly kind: 'join'; readonly host: string }
  /** It is stuck: leave for good and join again. */
  | { readonly kind: 'rejoin'; readonly host: string }
  /** It has transactions of its own: only a person may throw them away. */
  | { readonly kind: 'diverged'; readonly host: string };

export interface MendDecision {
  readonly bootstrap: BootstrapDecision;
  readonly nodes: readonly NodeMend[];
}

/** What has to be mended now. With a group in sight nodes are led back to it, without one a group may be formed; never both. */
export function decideMend(input: MendInput): MendDecision {
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

function decideNode(input: MendInput, host: string, group: readonly NodeView[]): NodeMend | undefined {
  const view = freshView(input.reports.get(host), input.nowMs, input.maxAgeMs);
  if (view?.state !== 'OFFLINE' && view?.state !== 'ERROR') return undefined;
  // The group has not yet put its former self out: it would be refused.
  if (group.some((seen) => seen.members.some((member) => member.host === host))) return undefined;
  if (!containsGtidSet(uniteGtidSets(group.map(historyOf)), view.executed)) return { kind: 'diverged', host };
  if (view.state === 'OFFLINE') return { kind: 'join', host };
  const inState = input.nowMs - (input.stateSinceMs.get(host) ?? input.nowMs);
  return inState >= input.mendAfterMs ? { kind: 'rejoin', host } : undefined;
}
