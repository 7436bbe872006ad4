import type { Query, Row } from '../board.ts';
import { YES_NO } from './states.ts';

/** Self-reported state of the Valkey instances that match `selector`. */
export function valkeyRow(selector: string): Row {
  const rate = (counter: string): string => `sum by (host) (rate(redis_${counter}{${selector}}[$__rate_interval]))`;
  return {
    title: 'Instances',
    panels: [
      {
        kind: 'state-timeline',
        title: 'Primary (self-reported)',
        description:
          'Instances that report the primary role. Two at once mean a failover that one of them has not noticed yet.',
        unit: 'short',
        queries: [{ expr: `max by (host) (redis_instance_role{${selector},role="primary"})`, legend: '{{host}}' }],
        states: YES_NO,
      },
      {
        kind: 'stat',
        title: 'Number of self-reported primaries',
        description: 'Number of instances that report the primary role. One is normal.',
        unit: 'short',
        queries: [{ expr: 'sum(max by (host) (redis_instance_role{role="primary"}))', legend: 'primaries' }],
        alert: 'CachePrimaryDuplicated',
        width: 'sixth',
      },
      {
        kind: 'state-timeline',
        title: 'Replication link status',
        description:
          'Shows whether each replica is connected to its primary. Without a connected replica, the next loss empties the cache.',
        unit: 'short',
        queries: [{ expr: `max by (host) (redis_master_link_up{${selector}})`, legend: '{{host}}' }],
        states: { 0: { text: 'disconnected', is: 'bad' }, 1: { text: 'connected', is: 'good' } },
      },
      {
        kind: 'stat',
        title: 'Connected replicas',
        description: 'Number of replicas that are connected to the primary.',
        unit: 'short',
        queries: [{ expr: 'sum(max by (host) (redis_master_link_up))', legend: 'replicas' }],
        alert: 'CacheRedundancyLost',
        width: 'sixth',
      },
      {
        kind: 'timeseries',
        title: 'Replica lag',
        description: 'Time since the last acknowledgment of each replica, as reported by the primary.',
        unit: 's',
        width: 'third',
        queries: [
          {
            expr: `max by (slave_ip) (redis_connected_slave_lag_seconds{${selector}})`,
            legend: 'replica at {{slave_ip}}',
          },
        ],
      },
      {
        kind: 'timeseries',
        title: 'Memory utilization',
        description: 'Share of the memory for data and buffers that is in use. A full instance evicts keys.',
        unit: 'percentunit',
        max: 1,
        queries: [
          {
            expr: `max by (host) (redis_memory_used_bytes{${selector}} / redis_memory_max_bytes{${selector}})`,
            legend: '{{host}}',
          },
        ],
      },
      {
        kind: 'timeseries',
        title: 'Evicted keys',
        description: 'Keys that Valkey evicted before they expired, to free memory. Sessions are among them.',
        unit: 'ops',
        queries: [{ expr: rate('evicted_keys_total'), legend: '{{host}}' }],
        alert: 'CacheEvicting',
      },
      {
        kind: 'timeseries',
        title: 'Keys',
        description: 'Number of keys of each instance, including keys that expire.',
        unit: 'short',
        queries: [{ expr: `max by (host) (redis_db_keys{${selector}})`, legend: '{{host}}' }],
      },
      {
        kind: 'timeseries',
        title: 'Hit ratio by instance',
        description: 'Share of reads that found their key, including session reads.',
        unit: 'percentunit',
        max: 1,
        queries: [
          {
            expr: `${rate('keyspace_hits_total')} / (${rate('keyspace_hits_total')} + ${rate('keyspace_misses_total')} > 0)`,
            legend: '{{host}}',
            emptyWhen: 'there are no cache reads',
          },
        ],
      },
      {
        kind: 'timeseries',
        title: 'Command rate by name',
        description: 'Commands that all instances together have processed.',
        unit: 'ops',
        queries: [
          { expr: `sum by (cmd) (rate(redis_commands_total{${selector}}[$__rate_interval]))`, legend: '{{cmd}}' },
        ],
        stacked: true,
      },
      {
        kind: 'timeseries',
        title: 'CPU time per command',
        description: 'Average CPU time of one command.',
        unit: 's',
        queries: [
          {
            expr: `sum by (cmd) (rate(redis_commands_duration_seconds_total{${selector}}[$__rate_interval])) / (sum by (cmd) (rate(redis_commands_total{${selector}}[$__rate_interval])) > 0)`,
            legend: '{{cmd}}',
          },
        ],
      },
      {
        kind: 'timeseries',
        title: 'Client connection utilization',
        description: 'Share of the maximum number of connections that each instance uses.',
        unit: 'percentunit',
        queries: [
          {
            expr: `max by (host) (redis_connected_clients{${selector}} / redis_max_clients{${selector}})`,
            legend: '{{host}}',
          },
        ],
      },
      {
        kind: 'timeseries',
        title: 'Errors, rejections and full resyncs',
        description:
          'Commands with an error reply, connections rejected at the limit, rejected logins, and full resynchronizations of replicas.',
        unit: 'short',
        queries: (
          [
            ['total_error_replies', 'errors'],
            ['rejected_connections_total', 'rejected connections'],
            ['acl_access_denied_auth_total', 'rejected logins'],
            ['replica_resyncs_full', 'full resyncs'],
          ] as const
        ).map(([counter, what]): Query => ({
          expr: `sum by (host) (increase(redis_${counter}{${selector}}[$__rate_interval]))`,
          legend: `{{host}} ${what}`,
        })) as [Query, ...Query[]],
      },
    ],
  };
}

/** Sentinels on the hosts that match `selector`. */
export function sentinelRow(selector: string): Row {
  return {
    title: 'Sentinels',
    panels: [
      {
        kind: 'state-timeline',
        title: 'Quorum',
        description:
          'Shows whether each Sentinel reaches enough others to declare the primary down and to elect a leader. The alert fires if no Sentinel does.',
        unit: 'short',
        queries: [{ expr: `min by (host) (redis_sentinel_master_ckquorum_status{${selector}})`, legend: '{{host}}' }],
        states: { 0: { text: 'none', is: 'bad' }, 1: { text: 'quorum', is: 'good' } },
        alert: 'SentinelQuorumLost',
      },
      {
        kind: 'state-timeline',
        title: 'Primary health as seen by Sentinel',
        description:
          'Subjectively down (sdown) is the suspicion of one Sentinel. If enough Sentinels agree (odown), they replace the primary.',
        unit: 'short',
        queries: [
          {
            expr: `max by (host) ((1 - redis_sentinel_master_status{${selector},master_status!="odown"}) or 2 * (1 - redis_sentinel_master_status{${selector},master_status="odown"}))`,
            legend: '{{host}}',
          },
        ],
        states: {
          0: { text: 'healthy', is: 'good' },
          1: { text: 'sdown', is: 'degraded' },
          2: { text: 'odown', is: 'bad' },
        },
      },
      {
        kind: 'state-timeline',
        title: 'Primary as seen by Sentinel',
        description:
          'Number of Sentinels that consider each instance the primary. Normally, all of them agree on one instance.',
        unit: 'short',
        queries: [{ expr: `sum by (member) (redis_sentinel_master_primary{${selector}})`, legend: '{{member}}' }],
        states: {
          0: { text: 'none', is: 'neutral' },
          1: { text: 'one', is: 'degraded' },
          2: { text: 'two', is: 'degraded' },
          3: { text: 'all three', is: 'good' },
        },
      },
      {
        kind: 'timeseries',
        title: 'Healthy Sentinels and replicas',
        description: 'Sentinels (including itself) and replicas that each Sentinel considers healthy.',
        unit: 'short',
        queries: [
          {
            expr: `min by (host) (redis_sentinel_master_ok_sentinels{${selector}})`,
            legend: 'Sentinels as seen by {{host}}',
          },
          {
            expr: `min by (host) (redis_sentinel_master_ok_slaves{${selector}})`,
            legend: 'replicas as seen by {{host}}',
          },
        ],
      },
      {
        kind: 'timeseries',
        title: 'Failovers (configuration epoch)',
        description: 'Configuration epoch that each Sentinel uses. It increases with every failover that starts.',
        unit: 'short',
        queries: [{ expr: `max by (host) (redis_sentinel_master_config_epoch{${selector}})`, legend: '{{host}}' }],
        drillDown: 'holdfast-chaos',
      },
      {
        kind: 'timeseries',
        title: 'Time since last PING reply of the primary',
        description: 'Time since the last valid PING reply of the primary to each Sentinel.',
        unit: 's',
        queries: [
          {
            expr: `max by (host) (redis_sentinel_master_last_ok_ping_reply_seconds{${selector}})`,
            legend: '{{host}}',
          },
        ],
      },
    ],
  };
}
