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
  redis_sentinel_masters: gauge('1', 'Primaries monitored by this Sentinel.'),
  redis_sentinel_tilt: gauge(
    '1',
    'Whether TILT mode is active: this Sentinel distrusts its clock and takes no actions.',
  ),
  redis_sentinel_running_scripts: gauge('1', 'Running scripts.'),
  redis_sentinel_scripts_queue_length: gauge('1', 'Queued scripts.'),
  redis_sentinel_simulate_failure_flags: gauge('1', 'Flags of simulated failures; 0 for none.'),
  redis_sentinel_master_status: gauge('1', 'Health of the primary as seen by this Sentinel: 1 for ok, 0 otherwise.', {
    labels: { ...MASTER, master_status: ['ok', 'sdown', 'odown'] },
  }),
  redis_sentinel_master_primary: gauge('1', 'Whether the host is the primary as seen by this Sentinel.', {
    labels: { ...NAME, member: atMost(9, 'cache hosts of the topology') },
  }),
  redis_sentinel_master_config_epoch: gauge(
    '1',
    'Configuration epoch, which grows by one or more with each failover.',
    { labels: MASTER },
  ),
  redis_sentinel_master_last_ok_ping_reply_seconds: gauge(
    'seconds',
    'Time since the last valid PING reply of the primary.',
    {
      labels: MASTER,
    },
  ),
  redis_sentinel_master_slaves: gauge('1', 'Known replicas, including unreachable ones.', {
    labels: MASTER,
  }),
  redis_sentinel_master_ok_slaves: gauge('1', 'Replicas that this Sentinel does not consider down.', {
    labels: MASTER,
  }),
  redis_sentinel_master_sentinels: gauge('1', 'Known Sentinels, including itself and unreachable ones.', {
    labels: MASTER,
  }),
  redis_sentinel_master_ok_sentinels: gauge(
    '1',
    'Sentinels that this Sentinel does not consider down, including itself.',
    {
      labels: MASTER,
    },
  ),
  redis_sentinel_master_ckquorum_status: gauge(
    '1',
    'Quorum check: 1 if enough Sentinels are reachable to authorize a failover; `message`: reply of CKQUORUM.',
    { labels: { ...NAME, message: atMost(30, 'counts of sentinels in sentences of Sentinel') } },
  ),
  redis_sentinel_master_setting_ckquorum: gauge('1', 'Quorum: votes needed to consider the primary down.', {
    labels: MASTER,
  }),
  redis_sentinel_master_setting_down_after_milliseconds: gauge(
    '1',
    'Time without a reply after which the primary is considered down, in ms.',
    {
      labels: MASTER,
      naming: 'upstream',
    },
  ),
  redis_sentinel_master_setting_failover_timeout: gauge('1', 'Failover timeout, in ms.', {
    labels: MASTER,
    naming: 'upstream',
  }),
  redis_sentinel_master_setting_parallel_syncs: gauge('1', 'Replicas resynced in parallel after a failover.', {
    labels: MASTER,
  }),
};
