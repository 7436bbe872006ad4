import type { Query, Row } from '../board.ts';
import { HOLDS } from './states.ts';

/** The Valkeys that `selector` finds, as they tell it themselves. */
export function valkeyRow(selector: string): Row {
  const rate = (counter: string): string => `sum by (host) (rate(redis_${counter}{${selector}}[$__rate_interval]))`;
  return {
    title: 'Instances',
    panels: [
      {
        kind: 'state-timeline',
        title: 'Primary in its own eyes',
        description:
          'Which instance holds itself for the primary. Two at once are a failover that one of them has not heard of yet.',
        unit: 'short',
        queries: [{ expr: `max by (host) (redis_instance_role{${selector},role="primary"})`, legend: '{{host}}' }],
        states: HOLDS,
      },
      {
        kind: 'stat',
        title: 'Primaries in their own eyes',
        description: 'How many instances hold themselves for the primary: one.',
        unit: 'short',
        queries: [{ expr: 'sum(max by (host) (redis_instance_role{role="primary"}))', legend: 'primaries' }],
        alert: 'CachePrimaryDuplicated',
        width: 'sixth',
      },
      {
        kind: 'state-timeline',
        title: 'Replicas that follow',
        description: 'Whether each replica is connected to its primary. With none, the next loss empties the cache.',
        unit: 'short',
        queries: [{ expr: `max by (host) (redis_master_link_up{${selector}})`, legend: '{{host}}' }],
        states: { 0: { text: 'cut off', is: 'bad' }, 1: { text: 'follows', is: 'good' } },
      },
      {
        kind: 'stat',
        title: 'Replicas',
        description: 'How many replicas are connected to the primary.',
        unit: 'short',
        queries: [{ expr: 'sum(max by (host) (redis_master_link_up))', legend: 'replicas' }],
        alert: 'CacheRedundancyLost',
        width: 'sixth',
      },
      {
        kind: 'timeseries',
        title: 'What replicas lack',
        description: 'Time since a replica last acknowledged anything, in the eyes of the primary.',
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
        title: 'Memory',
        description: 'Share of the memory for data and buffers that is taken. A full instance throws keys away.',
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
        title: 'Keys thrown away',
        description: 'Keys that were thrown away before their time to make room. Sessions are among them.',
        unit: 'ops',
        queries: [{ expr: rate('evicted_keys_total'), legend: '{{host}}' }],
        alert: 'CacheEvicting',
      },
      {
        kind: 'timeseries',
        title: 'Keys',
        description: 'Keys of each instance, those that end by themselves among them.',
        unit: 'short',
        queries: [{ expr: `max by (host) (redis_db_keys{${selector}})`, legend: '{{host}}' }],
      },
      {
        kind: 'timeseries',
        title: 'Hit ratio of the instances',
        description: 'Share of the reads that found their key, sessions included.',
        unit: 'percentunit',
        max: 1,
        queries: [
          {
            expr: `${rate('keyspace_hits_total')} / (${rate('keyspace_hits_total')} + ${rate('keyspace_misses_total')} > 0)`,
            legend: '{{host}}',
            emptyWhen: 'nobody reads from the cache',
          },
        ],
      },
      {
        kind: 'timeseries',
        title: 'Commands by name',
        description: 'Commands that all instances together have answered.',
        unit: 'ops',
        queries: [
          { expr: `sum by (cmd) (rate(redis_commands_total{${selector}}[$__rate_interval]))`, legend: '{{cmd}}' },
        ],
        stacked: true,
      },
      {
        kind: 'timeseries',
        title: 'Time of a command',
        description: 'Processor time of one command, on average.',
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
        title: 'Connections of clients',
        description: 'Share of the connections that an instance may have.',
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
        title: 'What instances refused',
        description:
          'Commands answered with an error, connections refused for being too many, logins refused, and replicas that had to be sent everything.',
        unit: 'short',
        queries: (
          [
            ['total_error_replies', 'errors'],
            ['rejected_connections_total', 'connections refused'],
            ['acl_access_denied_auth_total', 'logins refused'],
            ['replica_resyncs_full', 'replicas sent everything'],
          ] as const
        ).map(([counter, what]): Query => ({
          expr: `sum by (host) (increase(redis_${counter}{${selector}}[$__rate_interval]))`,
          legend: `{{host}} ${what}`,
        })) as [Query, ...Query[]],
      },
    ],
  };
}

/** The Sentinels on the hosts that `selector` finds. */
export function sentinelRow(selector: string): Row {
  return {
    title: 'Sentinels',
    panels: [
      {
        kind: 'state-timeline',
        title: 'Quorum',
        description:
          'Whether each sentinel sees enough others to call the primary dead and to elect a leader. The alert is for none that does.',
        unit: 'short',
        queries: [{ expr: `min by (host) (redis_sentinel_master_ckquorum_status{${selector}})`, legend: '{{host}}' }],
        states: { 0: { text: 'none', is: 'bad' }, 1: { text: 'quorum', is: 'good' } },
        alert: 'SentinelQuorumLost',
      },
      {
        kind: 'state-timeline',
        title: 'What sentinels hold the primary for',
        description: 'Dead in the eyes of one (sdown) is a suspicion; in the eyes of enough (odown) it is replaced.',
        unit: 'short',
        queries: [
          {
            expr: `max by (host) ((1 - redis_sentinel_master_status{${selector},master_status!="odown"}) or 2 * (1 - redis_sentinel_master_status{${selector},master_status="odown"}))`,
            legend: '{{host}}',
          },
        ],
        states: {
          0: { text: 'well', is: 'good' },
          1: { text: 'suspected', is: 'degraded' },
          2: { text: 'dead', is: 'bad' },
        },
      },
      {
        kind: 'state-timeline',
        title: 'Who is primary in the eyes of sentinels',
        description: 'How many sentinels hold each instance for the primary: all of them for one.',
        unit: 'short',
        queries: [{ expr: `sum by (member) (redis_sentinel_master_primary{${selector}})`, legend: '{{member}}' }],
        states: {
          0: { text: 'nobody', is: 'neutral' },
          1: { text: 'one', is: 'degraded' },
          2: { text: 'two', is: 'degraded' },
          3: { text: 'all three', is: 'good' },
        },
      },
      {
        kind: 'timeseries',
        title: 'Sentinels and replicas that are well',
        description: 'How many of each a sentinel holds for well, itself included.',
        unit: 'short',
        queries: [
          {
            expr: `min by (host) (redis_sentinel_master_ok_sentinels{${selector}})`,
            legend: 'sentinels for {{host}}',
          },
          { expr: `min by (host) (redis_sentinel_master_ok_slaves{${selector}})`, legend: 'replicas for {{host}}' },
        ],
      },
      {
        kind: 'timeseries',
        title: 'Failovers',
        description:
          'The number of the configuration that each sentinel goes by; it grows with every failover that was begun.',
        unit: 'short',
        queries: [{ expr: `max by (host) (redis_sentinel_master_config_epoch{${selector}})`, legend: '{{host}}' }],
        drillDown: 'holdfast-chaos',
      },
      {
        kind: 'timeseries',
        title: 'Silence of the primary',
        description: 'Time since the primary last answered a sentinel well.',
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
