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
  mysql_version_info: gauge('1', 'Version of the server; always 1.', {
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
    'Further members that can fail while this node keeps a majority of its view; negative without one.',
  ),
  mysql_group_replication_apply_lag_seconds: gauge(
    'seconds',
    'Time since the original commit of the oldest transaction being applied; 0 if none, absent unless ONLINE.',
    { presence: 'on-event' },
  ),
  mysql_perf_schema_transactions_in_queue: gauge('1', 'Transactions waiting for certification.', {
    presence: 'on-event',
  }),
  mysql_perf_schema_transactions_checked_total: counter('1', 'Transactions checked for conflicts (certification).', {
    presence: 'on-event',
  }),
  mysql_perf_schema_conflicts_detected_total: counter('1', 'Transactions rejected because of a conflict.', {
    presence: 'on-event',
  }),
  mysql_perf_schema_transactions_rows_validating_total: gauge('1', 'Rows in the certification database.', {
    presence: 'on-event',
    naming: 'upstream',
  }),
  mysql_perf_schema_transactions_remote_in_applier_queue: gauge('1', 'Remote transactions waiting to be applied.', {
    presence: 'on-event',
  }),
  mysql_perf_schema_transactions_remote_applied_total: counter('1', 'Applied remote transactions.', {
    presence: 'on-event',
  }),
  mysql_perf_schema_transactions_local_proposed_total: counter('1', 'Local transactions proposed to the group.', {
    presence: 'on-event',
  }),
  mysql_perf_schema_transactions_local_rollback_total: counter('1', 'Local transactions rolled back by the group.', {
    presence: 'on-event',
  }),
};
