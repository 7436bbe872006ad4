import type { Row } from '../board.ts';

/** Group Replication as reported by the nodes and by the role agents; `hosts` selects the reporting nodes. */
export function databaseGroupRow(hosts: string): Row {
  return {
    title: 'Group Replication',
    panels: [
      {
        kind: 'state-timeline',
        title: 'Member status',
        description: 'Shows whether at least one role agent finds that the node reports itself ONLINE.',
        unit: 'short',
        queries: [{ expr: 'max by (node) (holdfast_db_node_state{state="ONLINE"})', legend: '{{node}}' }],
        states: { 0: { text: 'not ONLINE', is: 'bad' }, 1: { text: 'ONLINE', is: 'good' } },
        alert: 'DatabaseNodeLost',
      },
      {
        kind: 'state-timeline',
        title: 'Member state as seen by each node',
        description: 'State of each member as seen by each node. States that no node currently reports are omitted.',
        unit: 'short',
        queries: [
          {
            expr: `max by (member, host, state) (mysql_group_replication_member_state{${hosts}} == 1)`,
            legend: '{{host}} sees {{member}} {{state}}',
          },
        ],
        states: { 1: { text: 'seen', is: 'neutral' } },
      },
      {
        kind: 'timeseries',
        title: 'Applier queue',
        description:
          'Transactions of other nodes that wait to be applied: the lag of a secondary. The role agents remove a node with a long queue from the readers.',
        unit: 'short',
        queries: [
          {
            expr: `max by (host) (mysql_perf_schema_transactions_remote_in_applier_queue{${hosts}})`,
            legend: '{{host}}',
          },
        ],
      },
      {
        kind: 'timeseries',
        title: 'Replica lag',
        description:
          'Age of the oldest transaction of the primary that a node may lack, measured by the role agents. Above the limit of the profile, a node receives no reads.',
        unit: 's',
        queries: [{ expr: 'max by (node) (holdfast_db_node_apply_lag_seconds)', legend: '{{node}}' }],
      },
      {
        kind: 'timeseries',
        title: 'Certification queue',
        description: 'Transactions that wait for certification: the check for conflicts with writes of other nodes.',
        unit: 'short',
        queries: [{ expr: `max by (host) (mysql_perf_schema_transactions_in_queue{${hosts}})`, legend: '{{host}}' }],
      },
      {
        kind: 'timeseries',
        title: 'Proposed and applied transactions',
        description:
          'Transactions that a node proposed, and transactions of other nodes that it applied. In a healthy group, the lines meet.',
        unit: 'ops',
        queries: [
          {
            expr: `sum by (host) (rate(mysql_perf_schema_transactions_local_proposed_total{${hosts}}[$__rate_interval]))`,
            legend: '{{host}} proposed',
          },
          {
            expr: `sum by (host) (rate(mysql_perf_schema_transactions_remote_applied_total{${hosts}}[$__rate_interval]))`,
            legend: '{{host}} applied',
          },
        ],
      },
      {
        kind: 'timeseries',
        title: 'Certification conflicts and rollbacks',
        description:
          'Transactions that were rolled back because a conflicting transaction was first. With one writer, the expected rate is zero.',
        unit: 'ops',
        queries: [
          {
            expr: `sum by (host) (rate(mysql_perf_schema_conflicts_detected_total{${hosts}}[$__rate_interval]))`,
            legend: '{{host}} conflicts',
          },
          {
            expr: `sum by (host) (rate(mysql_perf_schema_transactions_local_rollback_total{${hosts}}[$__rate_interval]))`,
            legend: '{{host}} rolled back',
          },
        ],
      },
      {
        kind: 'timeseries',
        title: 'Quorum margin',
        description:
          'Number of further members that each node can lose. Below 0, the node is in a minority and accepts no writes.',
        unit: 'short',
        signed: true,
        queries: [{ expr: `max by (host) (mysql_group_replication_quorum_margin{${hosts}})`, legend: '{{host}}' }],
      },
      {
        kind: 'timeseries',
        title: 'Response time to the role agents',
        description: 'Time that a node took to report its state to a role agent. The agents consider a slow node down.',
        unit: 's',
        queries: [{ expr: 'max by (node) (holdfast_db_node_answer_seconds)', legend: '{{node}}' }],
        drillDown: 'holdfast-lb',
      },
      {
        kind: 'timeseries',
        title: 'Repairs by the role agents',
        description:
          'Repairs of nodes that did not recover by themselves, and routing changes that the agents pushed to HAProxy.',
        unit: 'short',
        queries: [
          {
            expr: 'sum by (kind, result) (increase(holdfast_db_repairs_total[$__rate_interval]))',
            legend: '{{kind}} {{result}}',
          },
          {
            expr: 'sum by (result) (increase(holdfast_db_route_updates_total[$__rate_interval]))',
            legend: 'pushed to HAProxy: {{result}}',
          },
        ],
        drillDown: 'holdfast-lb',
      },
      {
        kind: 'timeseries',
        title: 'Writer changes',
        description:
          'Number of times that writes moved to another node within one data point. Every step is a failover.',
        unit: 'short',
        queries: [
          {
            expr: 'max(increase(holdfast_db_writer_changes_total[$__rate_interval]))',
            legend: 'changes',
          },
        ],
      },
    ],
  };
}
