import { scrapeMetrics } from '../kit/scrape-metrics.ts';
import { atMost, gauge, type Metric } from './metric.ts';
import { INSTANCE_INFO } from './valkey.ts';

const NAME = { master_name: atMost(1, 'deploy/tiers/cache/render.ts') };
/** The address changes with a failover. */
const MASTER = { ...NAME, master_address: atMost(9, 'cache hosts of the topology') };

/** A Sentinel: exporters/valkey. Names and labels of redis_exporter; `redis_sentinel_master_primary` is ours. */
export const SENTINEL: Readonly<Record<string, Metric>> = {
  ...scrapeMetrics('redis_sentinel', ['info', 'masters']),
  redis_instance_info: INSTANCE_INFO,
  redis_sentinel_masters: gauge('1', 'Primaries that this sentinel watches.'),
  redis_sentinel_tilt: gauge('1', 'Whether it has lost trust in its clock and decides nothing.'),
  redis_sentinel_running_scripts: gauge('1', 'Scripts that it runs.'),
  redis_sentinel_scripts_queue_length: gauge('1', 'Scripts that wait.'),
  redis_sentinel_simulate_failure_flags: gauge('1', 'Failures that it plays; 0 for none.'),
  redis_sentinel_master_status: gauge('1', 'Health of the primary as seen by this Sentinel: 1 for ok, 0 otherwise.', {
    labels: { ...MASTER, master_status: ['ok', 'sdown', 'odown'] },
  }),
  redis_sentinel_master_primary: gauge('1', 'Whether the host is the primary as seen by this sentinel.', {
    labels: { ...NAME, member: atMost(9, 'cache hosts of the topology') },
  }),
  redis_sentinel_master_config_epoch: gauge('1', 'Grows by one or more with each failover.', { labels: MASTER }),
  redis_sentinel_master_last_ok_ping_reply_seconds: gauge(
    'seconds',
    'Time since the last valid PING reply of the primary.',
    {
      labels: MASTER,
    },
  ),
  redis_sentinel_master_slaves: gauge('1', 'Replicas that this sentinel knows, unreachable ones included.', {
    labels: MASTER,
  }),
  redis_sentinel_master_ok_slaves: gauge('1', 'Replicas that it does not consider down.', { labels: MASTER }),
  redis_sentinel_master_sentinels: gauge('1', 'Sentinels that it knows, itself and unreachable ones included.', {
    labels: MASTER,
  }),
  redis_sentinel_master_ok_sentinels: gauge('1', 'Sentinels that it does not consider down, itself included.', {
    labels: MASTER,
  }),
  redis_sentinel_master_ckquorum_status: gauge(
    '1',
    'Quorum: 1 if enough Sentinels are reachable to agree on a failure and to elect a leader; `message` has the reply of CKQUORUM.',
    { labels: { ...NAME, message: atMost(30, 'counts of sentinels in sentences of Sentinel') } },
  ),
  redis_sentinel_master_setting_ckquorum: gauge('1', 'Votes needed to consider the primary down.', { labels: MASTER }),
  redis_sentinel_master_setting_down_after_milliseconds: gauge(
    '1',
    'Time without a reply after which the primary is considered down, in ms.',
    {
      labels: MASTER,
      naming: 'upstream',
    },
  ),
  redis_sentinel_master_setting_failover_timeout: gauge('1', 'Time that a failover may take, in ms.', {
    labels: MASTER,
    naming: 'upstream',
  }),
  redis_sentinel_master_setting_parallel_syncs: gauge('1', 'Replicas that are sent everything at a time.', {
    labels: MASTER,
  }),
};
