import type { Board } from '../board.ts';
import { databaseGroupRow } from './database-group.ts';
import { NO_TRAFFIC } from './queries.ts';
import { YES_NO } from './states.ts';
import { hostsVariable } from './variables.ts';

const H = 'host=~"$host"';

export const DATABASE: Board = {
  uid: 'holdfast-database',
  title: 'Database',
  question: 'Is the group complete, is it fast, and how close is it to an outage?',
  domains: ['database'],
  drillDown: 'holdfast-chaos',
  variables: [hostsVariable('db')],
  rows: [
    {
      title: 'Group status',
      panels: [
        {
          kind: 'stat',
          title: 'ONLINE members',
          description: 'Number of ONLINE members, as counted by the role agent that sees the most.',
          unit: 'short',
          queries: [{ expr: 'max(holdfast_db_group_members_online)', legend: 'members' }],
          alert: 'DatabaseRedundancyLost',
        },
        {
          kind: 'stat',
          title: 'Tolerable node failures',
          description:
            'Number of further members that can fail before writes become impossible, as reported by the least optimistic node.',
          unit: 'short',
          queries: [{ expr: 'min(mysql_group_replication_quorum_margin)', legend: 'members' }],
        },
        {
          kind: 'stat',
          title: 'Writers',
          description: 'Number of nodes that receive writes. One is normal.',
          unit: 'short',
          queries: [{ expr: 'max(holdfast_db_writers)', legend: 'nodes' }],
          alert: 'DatabaseNoWritablePrimary',
        },
        {
          kind: 'stat',
          title: 'Readers',
          description: 'Number of nodes that receive reads: secondaries that do not lag.',
          unit: 'short',
          queries: [{ expr: 'max(holdfast_db_readers)', legend: 'nodes' }],
        },
        {
          kind: 'stat',
          title: 'Group membership disagreement',
          description:
            'Shows whether nodes report different members or primaries. A value other than 0 for longer than a failover is a membership split.',
          unit: 'short',
          queries: [{ expr: 'max(holdfast_db_view_disagreement)', legend: 'disagreement' }],
          alert: 'DatabaseViewSplit',
        },
        {
          kind: 'stat',
          title: 'Last writer change',
          description: 'Time of the last move of writes to another node.',
          unit: 'dateTimeFromNow',
          queries: [{ expr: 'max(holdfast_db_writer_changed_timestamp_seconds) * 1000', legend: 'changed' }],
        },
      ],
    },
    databaseGroupRow(H),
    {
      title: 'Statements',
      panels: [
        {
          kind: 'timeseries',
          title: 'Statement rate by node',
          description: 'Statements from clients by node.',
          unit: 'ops',
          queries: [
            {
              expr: `sum by (host) (rate(mysql_global_status_questions{${H}}[$__rate_interval]))`,
              legend: '{{host}}',
            },
          ],
        },
        {
          kind: 'timeseries',
          title: 'Statement rate by type',
          description: 'Statements of all selected nodes, by type.',
          unit: 'ops',
          queries: [
            {
              expr: `sum by (command) (rate(mysql_global_status_commands_total{${H}}[$__rate_interval])) > 0`,
              legend: '{{command}}',
            },
          ],
          stacked: true,
        },
        {
          kind: 'timeseries',
          title: 'Slow queries, full joins and on-disk temporary tables',
          description: 'Slow statements, joins without an index, and temporary tables that were written to disk.',
          unit: 'ops',
          queries: [
            {
              expr: `sum by (host) (rate(mysql_global_status_slow_queries{${H}}[$__rate_interval]))`,
              legend: '{{host}} slow',
            },
            {
              expr: `sum by (host) (rate(mysql_global_status_select_full_join{${H}}[$__rate_interval]))`,
              legend: '{{host}} full joins',
            },
            {
              expr: `sum by (host) (rate(mysql_global_status_created_tmp_disk_tables{${H}}[$__rate_interval]))`,
              legend: '{{host}} on-disk temporary tables',
            },
          ],
        },
        {
          kind: 'timeseries',
          title: 'Lock, log buffer and free page waits',
          description: 'Waits for a row lock, for a table lock, for the log buffer and for a free page.',
          unit: 'ops',
          queries: [
            {
              expr: `sum by (host) (rate(mysql_global_status_innodb_row_lock_waits{${H}}[$__rate_interval]))`,
              legend: '{{host}} row locks',
            },
            {
              expr: `sum by (host) (rate(mysql_global_status_table_locks_waited{${H}}[$__rate_interval]))`,
              legend: '{{host}} table locks',
            },
            {
              expr: `sum by (host) (rate(mysql_global_status_innodb_log_waits{${H}}[$__rate_interval]))`,
              legend: '{{host}} log buffer',
            },
            {
              expr: `sum by (host) (rate(mysql_global_status_innodb_buffer_pool_wait_free{${H}}[$__rate_interval]))`,
              legend: '{{host}} free page',
            },
          ],
        },
      ],
    },
    {
      title: 'Saturation',
      panels: [
        {
          kind: 'timeseries',
          title: 'Session utilization',
          description: 'Share of the maximum number of sessions that is open.',
          unit: 'percentunit',
          max: 1,
          queries: [
            {
              expr: `max by (host) (mysql_global_status_threads_connected{${H}} / mysql_global_variables_max_connections{${H}})`,
              legend: '{{host}}',
            },
          ],
        },
        {
          kind: 'timeseries',
          title: 'Running threads and row-lock waits',
          description: 'Sessions that are running a statement, and sessions that are waiting for a row lock.',
          unit: 'short',
          queries: [
            { expr: `max by (host) (mysql_global_status_threads_running{${H}})`, legend: '{{host}} running' },
            {
              expr: `max by (host) (mysql_global_status_innodb_row_lock_current_waits{${H}})`,
              legend: '{{host}} waiting for a row lock',
            },
          ],
        },
        {
          kind: 'timeseries',
          title: 'Buffer pool hit ratio',
          description: 'Share of page reads that did not need a disk read.',
          unit: 'percentunit',
          max: 1,
          queries: [
            {
              expr: `1 - sum by (host) (rate(mysql_global_status_innodb_buffer_pool_reads{${H}}[$__rate_interval])) / sum by (host) (rate(mysql_global_status_innodb_buffer_pool_read_requests{${H}}[$__rate_interval]))`,
              legend: '{{host}}',
            },
          ],
        },
        {
          kind: 'timeseries',
          title: 'fsync rate',
          description: 'Flushes of the log and of the data to disk. Every commit waits for a flush.',
          unit: 'ops',
          queries: [
            {
              expr: `sum by (host) (rate(mysql_global_status_innodb_os_log_fsyncs{${H}}[$__rate_interval]))`,
              legend: '{{host}} log',
            },
            {
              expr: `sum by (host) (rate(mysql_global_status_innodb_data_fsyncs{${H}}[$__rate_interval]))`,
              legend: '{{host}} data',
            },
          ],
        },
        {
          kind: 'state-timeline',
          title: 'Writable nodes',
          description: 'Shows whether a node accepts writes at all, that is, whether `super_read_only` is off.',
          unit: 'short',
          queries: [{ expr: `1 - max by (host) (mysql_global_variables_super_read_only{${H}})`, legend: '{{host}}' }],
          states: YES_NO,
        },
        {
          kind: 'timeseries',
          title: 'Network traffic',
          description: 'Bytes from and to clients, without traffic between members of the group.',
          unit: 'binBps',
          queries: [
            {
              expr: `sum by (host) (rate(mysql_global_status_bytes_received{${H}}[$__rate_interval]))`,
              legend: '{{host}} received',
            },
            {
              expr: `sum by (host) (rate(mysql_global_status_bytes_sent{${H}}[$__rate_interval]))`,
              legend: '{{host}} sent',
            },
          ],
        },
      ],
    },
    {
      title: 'Statement analysis and storage',
      panels: [
        {
          kind: 'table',
          title: 'Top 10 statements by time',
          description:
            'Statement digests by share of elapsed time, summed over all selected nodes. At 100 %, one session does nothing else. The statement texts are in `performance_schema.events_statements_summary_by_digest`.',
          unit: 'percentunit',
          columns: { schema: 'Schema', digest: 'Digest' },
          queries: [
            {
              expr: `topk(10, sum by (schema, digest) (rate(mysql_perf_schema_events_statements_seconds_total{${H}}[$__rate_interval])))`,
              legend: 'Time',
              emptyWhen: NO_TRAFFIC,
            },
          ],
        },
        {
          kind: 'timeseries',
          title: 'Expensive and failed statements',
          description: 'Statements that read a table without an index, needed a temporary table on disk, or failed.',
          unit: 'ops',
          queries: [
            {
              expr: `sum by (host) (rate(mysql_perf_schema_events_statements_no_index_used_total{${H}}[$__rate_interval]))`,
              legend: '{{host}} without an index',
              emptyWhen: NO_TRAFFIC,
            },
            {
              expr: `sum by (host) (rate(mysql_perf_schema_events_statements_tmp_disk_tables_total{${H}}[$__rate_interval]))`,
              legend: '{{host}} on-disk temporary table',
              emptyWhen: NO_TRAFFIC,
            },
            {
              expr: `sum by (host) (rate(mysql_perf_schema_events_statements_errors_total{${H}}[$__rate_interval]))`,
              legend: '{{host}} failed',
              emptyWhen: NO_TRAFFIC,
            },
          ],
        },
        {
          kind: 'timeseries',
          title: 'Schema size',
          description: 'Disk space that the files of each schema use.',
          unit: 'bytes',
          queries: [
            {
              expr: `max by (host, schema) (mysql_info_schema_schema_allocated_size_bytes{${H}})`,
              legend: '{{schema}} on {{host}}',
            },
          ],
        },
        {
          kind: 'timeseries',
          title: 'Binary log size',
          description:
            'Size of the binary logs that a node retains. Rejoining members read missed transactions from them.',
          unit: 'bytes',
          queries: [{ expr: `max by (host) (mysql_binlog_size_bytes{${H}})`, legend: '{{host}}' }],
        },
      ],
    },
  ],
};
