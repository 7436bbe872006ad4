import type { Board } from '../board.ts';
import { databaseGroupRow } from './database-group.ts';
import { NOBODY_ASKS } from './queries.ts';
import { HOLDS } from './states.ts';
import { hostsVariable } from './variables.ts';

const H = 'host=~"$host"';

export const DATABASE: Board = {
  uid: 'holdfast-database',
  title: 'Database',
  question: 'Is the group whole, is it fast, and how far is it from an outage?',
  domains: ['database'],
  drillDown: 'holdfast-chaos',
  variables: [hostsVariable('db')],
  rows: [
    {
      title: 'The group now',
      panels: [
        {
          kind: 'stat',
          title: 'ONLINE members',
          description: 'As the role agent that sees most counts them.',
          unit: 'short',
          queries: [{ expr: 'max(holdfast_db_group_members_online)', legend: 'members' }],
          alert: 'DatabaseRedundancyLost',
        },
        {
          kind: 'stat',
          title: 'Failures to spare',
          description:
            'How many more members may go before no write is possible, as the least optimistic node sees it.',
          unit: 'short',
          queries: [{ expr: 'min(mysql_group_replication_quorum_margin)', legend: 'members' }],
        },
        {
          kind: 'stat',
          title: 'Writers',
          description: 'Nodes that get writes: one.',
          unit: 'short',
          queries: [{ expr: 'max(holdfast_db_writers)', legend: 'nodes' }],
          alert: 'DatabaseNoWritablePrimary',
        },
        {
          kind: 'stat',
          title: 'Readers',
          description: 'Nodes that get reads: secondaries that are not behind.',
          unit: 'short',
          queries: [{ expr: 'max(holdfast_db_readers)', legend: 'nodes' }],
        },
        {
          kind: 'stat',
          title: 'Views that disagree',
          description:
            'Whether nodes name different members or primaries. Anything but 0 for longer than a failover is a split.',
          unit: 'short',
          queries: [{ expr: 'max(holdfast_db_view_disagreement)', legend: 'disagreement' }],
          alert: 'DatabaseViewSplit',
        },
        {
          kind: 'stat',
          title: 'Last change of the writer',
          description: 'When writes last went to another node.',
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
          title: 'Statements',
          description: 'Statements that clients sent, by node.',
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
          title: 'Kinds of statements',
          description: 'Statements of all chosen nodes by kind.',
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
          title: 'Slow and unindexed',
          description: 'Slow statements, joins without an index, and temporary tables that went to the disk.',
          unit: 'ops',
          queries: [
            {
              expr: `sum by (host) (rate(mysql_global_status_slow_queries{${H}}[$__rate_interval]))`,
              legend: '{{host}} slow',
            },
            {
              expr: `sum by (host) (rate(mysql_global_status_select_full_join{${H}}[$__rate_interval]))`,
              legend: '{{host}} joins without an index',
            },
            {
              expr: `sum by (host) (rate(mysql_global_status_created_tmp_disk_tables{${H}}[$__rate_interval]))`,
              legend: '{{host}} temporary tables on disk',
            },
          ],
        },
        {
          kind: 'timeseries',
          title: 'Waits',
          description: 'Waits for a row, for a table, for the log buffer and for a free page.',
          unit: 'ops',
          queries: [
            {
              expr: `sum by (host) (rate(mysql_global_status_innodb_row_lock_waits{${H}}[$__rate_interval]))`,
              legend: '{{host}} rows',
            },
            {
              expr: `sum by (host) (rate(mysql_global_status_table_locks_waited{${H}}[$__rate_interval]))`,
              legend: '{{host}} tables',
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
          title: 'Sessions',
          description: 'Share of the sessions that may be open.',
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
          title: 'Sessions at work',
          description: 'Sessions that run a statement at this moment, and those that wait for a row.',
          unit: 'short',
          queries: [
            { expr: `max by (host) (mysql_global_status_threads_running{${H}})`, legend: '{{host}} at work' },
            {
              expr: `max by (host) (mysql_global_status_innodb_row_lock_current_waits{${H}})`,
              legend: '{{host}} waiting for a row',
            },
          ],
        },
        {
          kind: 'timeseries',
          title: 'Pages found in memory',
          description: 'Share of page reads that did not go to the disk.',
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
          title: 'Disk writes made safe',
          description: 'Times that the log and the data were flushed to the disk. Every commit waits for one.',
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
          title: 'Accepts writes',
          description: 'Whether a node lets anybody write at all.',
          unit: 'short',
          queries: [{ expr: `1 - max by (host) (mysql_global_variables_super_read_only{${H}})`, legend: '{{host}}' }],
          states: HOLDS,
        },
        {
          kind: 'timeseries',
          title: 'Traffic',
          description: 'Bytes from and to clients, other members of the group not counted.',
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
      title: 'Statements and sizes',
      panels: [
        {
          kind: 'table',
          title: 'Statements that take the most time',
          description:
            'Kinds of statements and the time that they took on all nodes together, of all the time that passed: 100 % is one session that does nothing else. Their texts are in `performance_schema.events_statements_summary_by_digest`.',
          unit: 'percentunit',
          columns: { schema: 'Schema', digest: 'Digest' },
          queries: [
            {
              expr: `topk(10, sum by (schema, digest) (rate(mysql_perf_schema_events_statements_seconds_total{${H}}[$__rate_interval])))`,
              legend: 'Time',
              emptyWhen: NOBODY_ASKS,
            },
          ],
        },
        {
          kind: 'timeseries',
          title: 'Statements that are expensive',
          description:
            'Statements that read a table without an index, that needed a disk for what they sort, or that failed.',
          unit: 'ops',
          queries: [
            {
              expr: `sum by (host) (rate(mysql_perf_schema_events_statements_no_index_used_total{${H}}[$__rate_interval]))`,
              legend: '{{host}} without an index',
              emptyWhen: NOBODY_ASKS,
            },
            {
              expr: `sum by (host) (rate(mysql_perf_schema_events_statements_tmp_disk_tables_total{${H}}[$__rate_interval]))`,
              legend: '{{host}} with a disk',
              emptyWhen: NOBODY_ASKS,
            },
            {
              expr: `sum by (host) (rate(mysql_perf_schema_events_statements_errors_total{${H}}[$__rate_interval]))`,
              legend: '{{host}} failed',
              emptyWhen: NOBODY_ASKS,
            },
          ],
        },
        {
          kind: 'timeseries',
          title: 'Size of schemas',
          description: 'What the files of each schema take of the disk.',
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
          title: 'Binary logs',
          description:
            'Size of the binary logs that a node keeps. Members that come back get what they missed from them.',
          unit: 'bytes',
          queries: [{ expr: `max by (host) (mysql_binlog_size_bytes{${H}})`, legend: '{{host}}' }],
        },
      ],
    },
  ],
};
