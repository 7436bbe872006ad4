import { parseGtidSet } from './gtid-set.ts';
import type { Member, MemberState, NodeReport, NodeView, Reports } from './node-view.ts';

/** Helpers that build node reports for tests. */
export const NODES = ['db1', 'db2', 'db3'] as const;
/** No node lags. */
export const NO_LAG: ReadonlyMap<string, number> = new Map(NODES.map((node) => [node, 0]));
const GROUP = 'b40d7ad3-5b1c-4f2e-9c55-6c1f0a7e9d01';

/** Transactions 1 … `count` of the group. */
export const upTo = (count: number) => parseGtidSet(count === 0 ? '' : `${GROUP}:1-${count}`);

/** Errant transactions 1 … `count`, which only one node has. */
export const ownTransactions = (count: number) =>
  parseGtidSet(count === 0 ? '' : `11111111-2222-3333-4444-555555555555:1-${count}`);

/** `db1+ db2 db3?`: members of a view; `+` primary, `?` unreachable, `~` recovering. */
export function members(text: string): readonly Member[] {
  const states: Readonly<Record<string, MemberState>> = { '?': 'UNREACHABLE', '~': 'RECOVERING' };
  return text
    .split(' ')
    .filter((member) => member !== '')
    .map((member) => ({
      host: member.slice(0, 3),
      state: states[member.at(-1) ?? ''] ?? 'ONLINE',
      role: member.includes('+') ? 'PRIMARY' : 'SECONDARY',
    }));
}

/** A node in a group, with its own state and role from the view. */
export function inGroup(host: string, view: string, more: Partial<NodeView> = {}): NodeReport {
  const all = members(view);
  const own = all.find((member) => member.host === host);
  const { state, role } = own ?? { state: 'ERROR' as const, role: undefined };
  return answer({ state, role, members: all, viewId: '1:1', superReadOnly: role !== 'PRIMARY', ...more });
}

/** A node outside any group. */
export function outside(state: 'OFFLINE' | 'ERROR', more: Partial<NodeView> = {}): NodeReport {
  return answer({ state, ...more });
}

export const silent: NodeReport = { kind: 'silent', reason: 'connection refused', lastView: undefined };

function answer(more: Partial<NodeView>): NodeReport {
  const view: NodeView = {
    polledAtMs: 0,
    startedAtMs: 0,
    state: 'OFFLINE',
    role: undefined,
    superReadOnly: true,
    viewId: '',
    members: [],
    applyQueue: 0,
    executed: upTo(10),
    received: upTo(0),
    ...more,
  };
  return { kind: 'answer', view };
}

export function reportsOf(db1: NodeReport, db2: NodeReport, db3: NodeReport): Reports {
  return new Map([
    ['db1', db1],
    ['db2', db2],
    ['db3', db3],
  ]);
}
