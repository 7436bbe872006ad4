import { metricsOf } from '../kit/shown.ts';
import { scrapeMetrics } from '../kit/scrape-metrics.ts';
import { COMMAND_PARTS, COMMANDS, FIELDS, OTHER_COMMANDS, REPLICA_FIELDS } from '../valkey/info-fields.ts';
import { atMost, gauge, type LabelValues, type Metric } from './metric.ts';

const HOSTS = 'cache hosts of the topology';

/** A Valkey: exporters/valkey. Of redis_exporter the names and, but for its `redis_instance_info{role}`, the labels. */
export const VALKEY: Readonly<Record<string, Metric>> = {
  ...scrapeMetrics('redis', ['info']),
  ...metricsOf(FIELDS),
  ...metricsOf(REPLICA_FIELDS, { master_host: atMost(9, HOSTS), master_port: atMost(1, 'the topology') }),
  ...metricsOf(COMMAND_PARTS, { cmd: [...COMMANDS, OTHER_COMMANDS] }),
  redis_instance_info: gauge('1', 'The version that runs, and what it does when memory is short.', {
    labels: {
      redis_version: atMost(3, 'releases at a time'),
      valkey_version: atMost(3, 'releases at a time'),
      maxmemory_policy: atMost(2, 'deploy/cache/render.ts'),
    },
  }),
  redis_instance_role: gauge(
    '1',
    'Role of this server: 1 for the one it has. A role that is a label of another metric is there twice after a failover, until the older series ends.',
    { labels: { role: ['primary', 'replica'] } },
  ),
  redis_start_time_seconds: gauge('timestamp', 'When the server was started.'),
  redis_db_keys: gauge('1', 'Keys.', { labels: { db: ['db0'] } }),
  redis_db_keys_expiring: gauge('1', 'Keys that end by themselves.', { labels: { db: ['db0'] } }),
  ...labelled(
    {
      redis_connected_slave_offset_bytes: gauge('bytes', 'Bytes that a replica has acknowledged to this primary.'),
      redis_connected_slave_lag_seconds: gauge('seconds', 'Time since a replica last acknowledged anything.'),
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
