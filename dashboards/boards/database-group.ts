import type { Row } from '../board.ts';

/** Group Replication from inside and from the role agents; `hosts` chooses nodes that speak. */
export function databaseGroupRow(hosts: string): Row {
  return {
    title: 'Group Replication',
    panels: [
      {
        kind: 'state-timeline',
        title: 'Members',
        description: 'Whether any role agent finds the node ONLINE in its own eyes.',
        unit: 'short',
        queries: [{ expr: 'max by (node) (holdfast_db_node_state{state="ONLINE"})', legend: '{{node}}' }],
        states: { 0: { text: 'not ONLINE', is: 'bad' }, 1: { text: 'ONLINE', is: 'good' } },
        alert: 'DatabaseNodeLost',
      },
      {
        kind: 'state-timeline',
        title: 'States in each other’s eyes',
        description: 'Which state each node sees each member in; only states that somebody sees.',
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
          'Transactions of others that wait to be applied: how far a secondary is behind. The role agents take a node out when it is long.',
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
          'Age of the oldest transaction of the primary that a node may lack, as the role agents measure it. Above the limit of the profile a node gets no reads.',
        unit: 's',
        queries: [{ expr: 'max by (node) (holdfast_db_node_apply_lag_seconds)', legend: '{{node}}' }],
      },
      {
        kind: 'timeseries',
        title: 'Certification queue',
        description: 'Transactions that wait to be compared with what others wrote.',
        unit: 'short',
        queries: [{ expr: `max by (host) (mysql_perf_schema_transactions_in_queue{${hosts}})`, legend: '{{host}}' }],
      },
      {
        kind: 'timeseries',
        title: 'Transactions through the group',
        description:
          'Transactions that a node proposed, and those of others that it applied. In a healthy group the lines meet.',
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
        title: 'Conflicts and refusals',
        description:
          'Transactions that were refused because another one had been first. With one writer there should be none.',
        unit: 'ops',
        queries: [
          {
            expr: `sum by (host) (rate(mysql_perf_schema_conflicts_detected_total{${hosts}}[$__rate_interval]))`,
            legend: '{{host}} conflicts',
          },
          {
            expr: `sum by (host) (rate(mysql_perf_schema_transactions_local_rollback_total{${hosts}}[$__rate_interval]))`,
            legend: '{{host}} refused',
          },
        ],
      },
      {
        kind: 'timeseries',
        title: 'Quorum margin',
        description: 'How many more members each node can do without. Below 0 it is in a minority and takes no writes.',
        unit: 'short',
        signed: true,
        queries: [{ expr: `max by (host) (mysql_group_replication_quorum_margin{${hosts}})`, legend: '{{host}}' }],
      },
      {
        kind: 'timeseries',
        title: 'Answers to the role agents',
        description: 'How long a node took to tell an agent what it is. A slow one is held for gone.',
        unit: 's',
        queries: [{ expr: 'max by (node) (holdfast_db_node_answer_seconds)', legend: '{{node}}' }],
        drillDown: 'holdfast-lb',
      },
      {
        kind: 'timeseries',
        title: 'Mending by the role agents',
        description:
          'What the agents did to a node that did not come back by itself, and changes of the route told to HAProxy.',
        unit: 'short',
        queries: [
          {
            expr: 'sum by (kind, result) (increase(holdfast_db_mends_total[$__rate_interval]))',
            legend: '{{kind}} {{result}}',
          },
          {
            expr: 'sum by (result) (increase(holdfast_db_tells_total[$__rate_interval]))',
            legend: 'told {{result}}',
          },
        ],
        drillDown: 'holdfast-lb',
      },
      {
        kind: 'timeseries',
        title: 'Changes of the writer',
        description: 'How often writes went to another node within the time of one point. Every step is a failover.',
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
