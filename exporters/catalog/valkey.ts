import { metricsOf } from '../kit/mapped-metric.ts';
import { scrapeMetrics } from '../kit/scrape-metrics.ts';
import { COMMAND_PARTS, FIELDS, REPLICA_FIELDS } from '../valkey/info-fields.ts';
import { atMost, gauge, type LabelValues, type Metric } from './metric.ts';

const HOSTS = 'cache hosts of the topology';

/** Address of the primary of a replica. */
const PRIMARY = { master_host: atMost(9, HOSTS), master_port: atMost(1, 'the topology') };
const DB = { db: atMost(16, 'databases of an instance') };
/** Each restart and each failover ends a series and starts another one. */
const RESTARTS = 'restarts and failovers';

/** A Sentinel exposes this too. */
export const INSTANCE_INFO = gauge('1', 'Role, version and identity of the instance; always 1.', {
  labels: {
    role: ['master', 'slave'],
    redis_version: atMost(3, 'releases at a time'),
    redis_build_id: atMost(3, 'releases at a time'),
    redis_mode: ['standalone', 'sentinel', 'cluster'],
    os: atMost(9, 'kernels of the machines'),
    maxmemory_policy: atMost(2, 'deploy/tiers/cache/render.ts'),
    tcp_port: atMost(2, 'the topology'),
    run_id: atMost(60, RESTARTS),
    process_id: atMost(60, RESTARTS),
    master_replid: atMost(60, RESTARTS),
    valkey_version: atMost(3, 'releases at a time'),
    valkey_release_stage: ['dev', 'rc', 'ga'],
  },
});

/** A Valkey instance: exporters/valkey. Names and labels of redis_exporter 1.69; `redis_instance_role` is ours. */
export const VALKEY: Readonly<Record<string, Metric>> = {
  ...scrapeMetrics('redis', ['info']),
  ...metricsOf(FIELDS),
  ...metricsOf(REPLICA_FIELDS, PRIMARY),
  ...metricsOf(COMMAND_PARTS, { cmd: atMost(80, 'commands and subcommands that were called') }),
  redis_instance_info: INSTANCE_INFO,
  redis_slave_info: gauge('1', 'Primary and read-only flag of a replica; always 1.', {
    labels: { ...PRIMARY, read_only: ['0', '1'] },
    presence: 'on-event',
  }),
  redis_instance_role: gauge(
    '1',
    'Role of this server: 1 for the current role; unlike redis_instance_info, a failover changes no series.',
    { labels: { role: ['primary', 'replica'] } },
  ),
  redis_start_time_seconds: gauge('timestamp', 'Start time of the server.'),
  redis_db_keys: gauge('1', 'Keys in a database.', { labels: DB }),
  redis_db_keys_expiring: gauge('1', 'Keys with an expiry in a database.', { labels: DB }),
  ...labelled(
    {
      redis_connected_slave_offset_bytes: gauge('bytes', 'Replication offset acknowledged by a replica, in bytes.'),
      redis_connected_slave_lag_seconds: gauge('seconds', 'Time since the last acknowledgement of a replica.'),
    },
    {
      slave_ip: atMost(9, HOSTS),
      slave_port: atMost(1, 'the topology'),
      slave_state: ['wait_bgsave', 'bg_transfer', 'send_bulk', 'online'],
    },
  ),
};

function labelled(
  metrics: Readonly<Record<string, Metric>>,
  labels: Readonly<Record<string, LabelValues>>,
): Readonly<Record<string, Metric>> {
  return Object.fromEntries(Object.entries(metrics).map(([name, metric]) => [name, { ...metric, labels }]));
}
