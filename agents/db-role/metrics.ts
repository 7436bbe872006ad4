import { Counter, Gauge, Registry } from 'prom-client';
import { DB_ROLE } from '../../exporters/catalog/db-role.ts';
import { MEMBER_STATES } from '../../exporters/catalog/member-states.ts';
import { REFUSALS } from './decide-bootstrap.ts';

import type { Snapshot } from './snapshot.ts';

type Name = keyof typeof DB_ROLE;

export interface AgentMetrics {
  /** Prometheus' text format. */
  readonly render: () => Promise<string>;
  readonly countRepair: (kind: string, result: 'done' | 'failed') => void;
  readonly countPush: (result: 'done' | 'failed') => void;
}

/** Gauges are set from `snapshot` at every scrape, so that no stale series remains. */
export function createMetrics(snapshot: () => Snapshot): AgentMetrics {
  const registry = new Registry();
  const repairs = new Counter({ ...describe('holdfast_db_repairs_total'), registers: [registry] });
  for (const kind of ['join', 'rejoin', 'bootstrap']) {
    for (const result of ['done', 'failed']) repairs.inc({ kind, result }, 0);
  }
  const pushes = new Counter({ ...describe('holdfast_db_route_updates_total'), registers: [registry] });
  for (const result of ['done', 'failed']) pushes.inc({ result }, 0);
  const changes = new Counter({ ...describe('holdfast_db_writer_changes_total'), registers: [registry] });
  const gauges = new Map<Name, Gauge>();
  for (const name of Object.keys(DB_ROLE) as Name[]) {
    if (!name.endsWith('_total')) gauges.set(name, new Gauge({ ...describe(name), registers: [registry] }));
  }
  const set = (name: Name, value: number, labels: Readonly<Record<string, string>> = {}): void => {
    gauges.get(name)?.set(labels, value);
  };
  return {
    render: async () => {
      for (const gauge of gauges.values()) gauge.reset();
      const now = snapshot();
      fill(now, set);
      changes.reset();
      changes.inc(now.writerChanges);
      return registry.metrics();
    },
    countRepair: (kind, result) => {
      repairs.inc({ kind, result });
    },
    countPush: (result) => {
      pushes.inc({ result });
    },
  };
}

function describe(name: Name): { readonly name: string; readonly help: string; readonly labelNames: string[] } {
  return { name, help: DB_ROLE[name].help, labelNames: Object.keys(DB_ROLE[name].labels) };
}

type Set = (name: Name, value: number, labels?: Readonly<Record<string, string>>) => void;

function fill(now: Snapshot, set: Set): void {
  for (const { node, view, answerMs, lagMs } of now.nodes) {
    set('holdfast_db_node_up', Number(view !== undefined), { node });
    set('holdfast_db_writer', Number(now.routes.writer === node), { node });
    set('holdfast_db_node_diverged', Number(now.diverged.has(node)), { node });
    for (const state of MEMBER_STATES) set('holdfast_db_node_state', Number(view?.state === state), { node, state });
    set('holdfast_db_node_primary', Number(view?.state === 'ONLINE' && view.role === 'PRIMARY'), { node });
    if (view !== undefined) set('holdfast_db_node_apply_queue', view.applyQueue, { node });
    if (lagMs !== undefined) set('holdfast_db_node_apply_lag_seconds', lagMs / 1000, { node });
    if (answerMs !== undefined) set('holdfast_db_node_answer_seconds', answerMs / 1000, { node });
  }
  set('holdfast_db_nodes', now.nodes.length);
  set('holdfast_db_writers', now.routes.writer === undefined ? 0 : 1);
  set('holdfast_db_readers', now.routes.readers.size);
  set('holdfast_db_group_members_online', now.membersOnline);
  set('holdfast_db_view_disagreement', Number(now.disagreement));
  for (const reason of REFUSALS) set('holdfast_db_bootstrap_refused', Number(now.refusal === reason), { reason });
  set('holdfast_db_writer_changed_timestamp_seconds', now.writerChangedAtMs / 1000);
  set('holdfast_db_last_quorum_timestamp_seconds', (now.lastKnownGroup?.seenAt.getTime() ?? 0) / 1000);
}
