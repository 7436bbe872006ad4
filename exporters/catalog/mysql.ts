import { scrapeMetrics } from '../kit/scrape-metrics.ts';
import { metricsOf } from '../kit/mapped-metric.ts';
import { INNODB_COUNTERS } from '../mysql/innodb-metrics.ts';
import { STATUS, STATUS_GROUPS, VARIABLES } from '../mysql/status-variables.ts';
import { MEMBER_STATES } from './member-states.ts';
import { atMost, counter, gauge, type Metric } from './metric.ts';

const MEMBER = { member: atMost(9, 'database nodes of the topology') };

/** Names and labels of mysqld_exporter 0.17.2. It exposes most of them as untyped, so the types are ours. */
const SERVER: Readonly<Record<string, Metric>> = Object.fromEntries([
  ...Object.entries({ ...metricsOf(STATUS), ...metricsOf(VARIABLES), ...metricsOf(INNODB_COUNTERS) }),
  ...Object.entries(STATUS_GROUPS).map(([name, { type, help, label, values }]): [string, Metric] => [
    name,
    { type, unit: '1', help, labels: { [label]: values }, naming: 'upstream' },
  ]),
]);

/** A database node: exporters/mysql. */
export const MYSQL: Readonly<Record<string, Metric>> = {
  ...scrapeMetrics('mysql', [
    'global_status',
    'global_variables',
    'innodb_metrics',
    'group_members',
    'group_stats',
    'applier',
  ]),
  ...SERVER,
  mysql_version_info: gauge('1', 'The version that runs.', {
    labels: {
      innodb_version: atMost(3, 'releases at a time'),
      version: atMost(3, 'releases at a time'),
      version_comment: atMost(3, 'distributions'),
    },
  }),
  mysql_group_replication_member_state: gauge('1', 'State of a member as seen by this node: 1 for its current state.', {
    labels: { ...MEMBER, state: MEMBER_STATES },
    presence: 'on-event',
  }),
  mysql_group_replication_member_primary: gauge('1', 'Whether a member is the primary as seen by this node.', {
    labels: MEMBER,
    presence: 'on-event',
  }),
  mysql_group_replication_members: gauge('1', 'Members of the group as seen by this node; 0 if it is in no group.'),
  mysql_group_replication_quorum_margin: gauge(
    '1',
    'How many more members this node can do without and still have a majority of its view; negative without one.',
  ),
  mysql_group_replication_apply_lag_seconds: gauge(
    'seconds',
    'Age of the oldest transaction that this node is applying, since it was committed where it was made; 0 while it applies none. Not there unless it is ONLINE.',
    { presence: 'on-event' },
  ),
  mysql_perf_schema_transactions_in_queue: gauge('1', 'Transactions that wait for their certification.', {
    presence: 'on-event',
  }),
  mysql_perf_schema_transactions_checked_total: counter('1', 'Transactions that were certified.', {
    presence: 'on-event',
  }),
  mysql_perf_schema_conflicts_detected_total: counter('1', 'Transactions that were refused for a conflict.', {
    presence: 'on-event',
  }),
  mysql_perf_schema_transactions_rows_validating_total: gauge('1', 'Rows that certification keeps in mind.', {
    presence: 'on-event',
    naming: 'upstream',
  }),
  mysql_perf_schema_transactions_remote_in_applier_queue: gauge(
    '1',
    'Transactions of others that wait to be applied.',
    {
      presence: 'on-event',
    },
  ),
  mysql_perf_schema_transactions_remote_applied_total: counter('1', 'Transactions of others that were applied.', {
    presence: 'on-event',
  }),
  mysql_perf_schema_transactions_local_proposed_total: counter('1', 'Transactions that this node proposed.', {
    presence: 'on-event',
  }),
  mysql_perf_schema_transactions_local_rollback_total: counter(
    '1',
    'Transactions of this node that the group refused.',
    {
      presence: 'on-event',
    },
  ),
};
