import type { Query, Row } from '../board.ts';
import { UP } from './states.ts';

const NO_EDGE_REQUESTS = 'the edges receive no requests';

/** Requests, cache and processes of the edges that match `selector`. */
export function varnishRows(selector: string): readonly Row[] {
  const rate = (counter: string): string =>
    `sum by (host) (rate(varnish_main_${counter}{${selector}}[$__rate_interval]))`;
  const growth = (counter: string, what: string): Query => ({
    expr: `sum by (host) (increase(varnish_main_${counter}{${selector}}[$__rate_interval]))`,
    legend: `{{host}} ${what}`,
  });
  const level = (gauge: string, what: string): Query => ({
    expr: `max by (host) (varnish_main_${gauge}{${selector}})`,
    legend: `{{host}} ${what}`,
  });
  return [
    {
      title: 'Requests and cache hits',
      panels: [
        {
          kind: 'state-timeline',
          title: 'Varnish availability',
          description:
            'Shows whether Varnish responds on each edge. Without Varnish, an edge sends every request to the origin.',
          unit: 'short',
          queries: [{ expr: `min by (host) (varnish_up{${selector}})`, legend: '{{host}}' }],
          states: UP,
          alert: 'EdgeLost',
          drillDown: 'holdfast-probes',
        },
        {
          kind: 'timeseries',
          title: 'Client request rate',
          description: 'Requests, and the part of them that the edge always passes to the origin.',
          unit: 'reqps',
          queries: [
            { expr: rate('client_req'), legend: '{{host}}' },
            { expr: rate('s_pass'), legend: '{{host}} passed' },
          ],
        },
        {
          kind: 'timeseries',
          title: 'Cache hit ratio',
          description:
            'Share of requests that were served from the cache. The second series counts only cacheable requests.',
          unit: 'percentunit',
          max: 1,
          queries: [
            {
              expr: `${rate('cache_hit')} / (${rate('client_req')} > 0)`,
              legend: '{{host}} all requests',
              emptyWhen: NO_EDGE_REQUESTS,
            },
            {
              expr: `${rate('cache_hit')} / (${rate('cache_hit')} + ${rate('cache_miss')} > 0)`,
              legend: '{{host}} cacheable requests',
              emptyWhen: 'the edges receive no cacheable requests',
            },
          ],
        },
        {
          kind: 'timeseries',
          title: 'Stale and synthetic responses',
          description:
            'Expired responses from the cache (grace), and responses that the edge generated itself, which are mostly errors. Both increase while the origin is unhealthy.',
          unit: 'reqps',
          queries: [
            { expr: rate('cache_hit_grace'), legend: '{{host}} stale' },
            { expr: rate('s_synth'), legend: '{{host}} synthetic' },
          ],
        },
      ],
    },
    {
      title: 'Cache storage',
      panels: [
        {
          kind: 'timeseries',
          title: 'Cache utilization',
          description: 'Share of the cache that is in use. A full cache evicts objects.',
          unit: 'percentunit',
          max: 1,
          queries: [
            {
              expr: `max by (host) (varnish_sma_g_bytes{${selector},type="s0"} / (varnish_sma_g_bytes{${selector},type="s0"} + varnish_sma_g_space{${selector},type="s0"}))`,
              legend: '{{host}}',
            },
          ],
        },
        {
          kind: 'timeseries',
          title: 'Cached objects',
          description: 'Objects in the cache, by edge.',
          unit: 'short',
          queries: [level('n_object', 'objects')],
        },
        {
          kind: 'timeseries',
          title: 'Removed objects',
          description:
            'Objects that expired, were evicted to make room, or were banned, and allocations that failed for lack of space.',
          unit: 'short',
          queries: [
            growth('n_expired', 'expired'),
            growth('n_lru_nuked', 'evicted'),
            growth('bans_obj_killed', 'banned'),
            {
              expr: `sum by (host) (increase(varnish_sma_c_fail{${selector}}[$__rate_interval]))`,
              legend: '{{host}} failed allocations',
            },
          ],
        },
        {
          kind: 'timeseries',
          title: 'Bans',
          description:
            'Bans in the ban list, completed bans among them, and added bans. Varnish checks every requested object against the bans that are not completed.',
          unit: 'short',
          queries: [level('bans', 'in the list'), level('bans_completed', 'completed'), growth('bans_added', 'added')],
        },
      ],
    },
    {
      title: 'Varnish processes',
      panels: [
        {
          kind: 'timeseries',
          title: 'Worker threads',
          description: 'Worker threads, and sessions that wait for a thread.',
          unit: 'short',
          queries: [level('threads', 'threads'), level('thread_queue_len', 'waiting sessions')],
        },
        {
          kind: 'timeseries',
          title: 'Varnish errors and restarts',
          description:
            'Dropped sessions, threads that could not be created, and exits of the worker process. A new process starts with an empty cache.',
          unit: 'short',
          queries: [
            {
              expr: `sum by (host) (increase(varnish_main_sessions{${selector},type=~"dropped|fail"}[$__rate_interval]))`,
              legend: '{{host}} dropped sessions',
            },
            growth('threads_limited', 'thread limit reached'),
            growth('threads_failed', 'failed thread creations'),
            {
              expr: `sum by (host) (increase(varnish_mgt_child_died{${selector}}[$__rate_interval])) + sum by (host) (increase(varnish_mgt_child_panic{${selector}}[$__rate_interval]))`,
              legend: '{{host}} process exits',
            },
          ],
        },
      ],
    },
  ];
}

/** Health of the origin, and fetches from it, as seen by the edges that match `selector`. */
export function originRow(selector: string): Row {
  const growth = (metric: string): string =>
    `sum by (host, backend) (increase(varnish_backend_${metric}{${selector}}[$__rate_interval]))`;
  return {
    title: 'Origin',
    panels: [
      {
        kind: 'state-timeline',
        title: 'Origin health',
        description:
          'Shows whether the latest health check of each edge was successful. While checks fail, the edge serves its cached responses.',
        unit: 'short',
        queries: [
          { expr: `min by (host, backend) (varnish_backend_up{${selector}})`, legend: '{{backend}} seen by {{host}}' },
        ],
        states: { 0: { text: 'unhealthy', is: 'bad' }, 1: { text: 'healthy', is: 'good' } },
        alert: 'EdgeOriginUnhealthy',
      },
      {
        kind: 'timeseries',
        title: 'Origin fetch rate',
        description: 'Requests of the edges to the origin, including background fetches, which refresh stale objects.',
        unit: 'reqps',
        queries: [
          {
            expr: `sum by (host) (rate(varnish_main_backend_req{${selector}}[$__rate_interval]))`,
            legend: '{{host}}',
          },
          {
            expr: `sum by (host) (rate(varnish_main_s_bgfetch{${selector}}[$__rate_interval]))`,
            legend: '{{host}} background fetches',
          },
        ],
      },
      {
        kind: 'timeseries',
        title: 'Failed origin fetches',
        description:
          'Failed connections to the origin, fetches skipped because the origin was unhealthy or had too many connections, and incomplete bodies.',
        unit: 'short',
        queries: [
          { expr: growth('fail'), legend: '{{host}} to {{backend}} failed connections' },
          { expr: growth('unhealthy'), legend: '{{host}} to {{backend}} unhealthy' },
          { expr: growth('busy'), legend: '{{host}} to {{backend}} busy' },
          {
            expr: `sum by (host) (increase(varnish_main_fetch{${selector},type=~"failed|bad"}[$__rate_interval]))`,
            legend: '{{host}} incomplete',
          },
        ],
      },
      {
        kind: 'timeseries',
        title: 'Origin connections',
        description: 'Connections to the load balancers that are currently in use.',
        unit: 'short',
        queries: [
          {
            expr: `max by (host, backend) (varnish_backend_conn{${selector}})`,
            legend: '{{host}} to {{backend}} in use',
          },
        ],
      },
    ],
  };
}
