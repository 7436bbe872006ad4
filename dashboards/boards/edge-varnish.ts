import type { Query, Row } from '../board.ts';
import { UP } from './states.ts';

const NOBODY_COMES = 'nobody asks the edges';

/** What the edges that `selector` finds answer themselves, and what they have for it. */
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
      title: 'What the edges answer',
      panels: [
        {
          kind: 'state-timeline',
          title: 'Edges',
          description: 'Whether the Varnish of each edge answers. Whoever comes by one that does not sees nothing.',
          unit: 'short',
          queries: [{ expr: `min by (host) (varnish_up{${selector}})`, legend: '{{host}}' }],
          states: UP,
          alert: 'EdgeLost',
          drillDown: 'holdfast-probes',
        },
        {
          kind: 'timeseries',
          title: 'Requests of clients',
          description: 'Requests, and those of them that the edge had to pass on each time.',
          unit: 'reqps',
          queries: [
            { expr: rate('client_req'), legend: '{{host}}' },
            { expr: rate('s_pass'), legend: '{{host}} passed on' },
          ],
        },
        {
          kind: 'timeseries',
          title: 'Hit ratio',
          description:
            'Share of the requests that were answered from the cache; the second one of those only that may be answered from it.',
          unit: 'percentunit',
          max: 1,
          queries: [
            {
              expr: `${rate('cache_hit')} / (${rate('client_req')} > 0)`,
              legend: '{{host}} of all',
              emptyWhen: NOBODY_COMES,
            },
            {
              expr: `${rate('cache_hit')} / (${rate('cache_hit')} + ${rate('cache_miss')} > 0)`,
              legend: '{{host}} of what may be kept',
              emptyWhen: 'nobody asks the edges for what may be kept',
            },
          ],
        },
        {
          kind: 'timeseries',
          title: 'Stale and made up',
          description:
            'Answers from the cache that were older than they should be (grace), and answers that the edge made itself, which are errors mostly. Both grow while the origin is ill.',
          unit: 'reqps',
          queries: [
            { expr: rate('cache_hit_grace'), legend: '{{host}} stale' },
            { expr: rate('s_synth'), legend: '{{host}} made up' },
          ],
        },
      ],
    },
    {
      title: 'What the edges keep',
      panels: [
        {
          kind: 'timeseries',
          title: 'Room that is taken',
          description: 'Share of the cache that is in use. A full cache throws objects away.',
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
          title: 'Objects',
          description: 'Objects in the cache, by edge.',
          unit: 'short',
          queries: [level('n_object', 'objects')],
        },
        {
          kind: 'timeseries',
          title: 'Objects that left',
          description: 'Because of their age, to make room, because of a ban; and times that there was no room at all.',
          unit: 'short',
          queries: [
            growth('n_expired', 'too old'),
            growth('n_lru_nuked', 'made room'),
            growth('bans_obj_killed', 'banned'),
            {
              expr: `sum by (host) (increase(varnish_sma_c_fail{${selector}}[$__rate_interval]))`,
              legend: '{{host}} no room',
            },
          ],
        },
        {
          kind: 'timeseries',
          title: 'Bans',
          description:
            'Bans that are kept, and those of them that are done with. What is not done with is compared with every object that is asked for.',
          unit: 'short',
          queries: [level('bans', 'kept'), level('bans_completed', 'done with'), growth('bans_added', 'added')],
        },
      ],
    },
    {
      title: 'The processes of the edges',
      panels: [
        {
          kind: 'timeseries',
          title: 'Threads',
          description: 'Threads that serve, and sessions that wait for one.',
          unit: 'short',
          queries: [level('threads', 'threads'), level('thread_queue_len', 'waiting')],
        },
        {
          kind: 'timeseries',
          title: 'What went wrong in Varnish',
          description:
            'Sessions that were dropped, threads that could not be had, ends of the process that serves. A new process begins with an empty cache.',
          unit: 'short',
          queries: [
            {
              expr: `sum by (host) (increase(varnish_main_sessions{${selector},type=~"dropped|fail"}[$__rate_interval]))`,
              legend: '{{host}} sessions dropped',
            },
            growth('threads_limited', 'no more threads'),
            growth('threads_failed', 'threads not made'),
            {
              expr: `sum by (host) (increase(varnish_mgt_child_died{${selector}}[$__rate_interval])) + sum by (host) (increase(varnish_mgt_child_panic{${selector}}[$__rate_interval]))`,
              legend: '{{host}} process ended',
            },
          ],
        },
      ],
    },
  ];
}

/** What the edges that `selector` finds know of where they fetch from. */
export function originRow(selector: string): Row {
  const growth = (metric: string): string =>
    `sum by (host, backend) (increase(varnish_backend_${metric}{${selector}}[$__rate_interval]))`;
  return {
    title: 'Where the edges fetch from',
    panels: [
      {
        kind: 'state-timeline',
        title: 'Origin',
        description:
          'Whether the newest health check of each edge was good. While it is not, the edge answers with what it has.',
        unit: 'short',
        queries: [
          { expr: `min by (host, backend) (varnish_backend_up{${selector}})`, legend: '{{backend}} for {{host}}' },
        ],
        states: { 0: { text: 'ill', is: 'bad' }, 1: { text: 'well', is: 'good' } },
        alert: 'EdgeOriginUnhealthy',
      },
      {
        kind: 'timeseries',
        title: 'Fetches',
        description:
          'Requests of the edges to the origin, those in the background among them, which renew what is stale.',
        unit: 'reqps',
        queries: [
          {
            expr: `sum by (host) (rate(varnish_main_backend_req{${selector}}[$__rate_interval]))`,
            legend: '{{host}}',
          },
          {
            expr: `sum by (host) (rate(varnish_main_s_bgfetch{${selector}}[$__rate_interval]))`,
            legend: '{{host}} in the background',
          },
        ],
      },
      {
        kind: 'timeseries',
        title: 'Fetches that failed',
        description:
          'Connections to the origin that failed, fetches that were not tried since it was ill or had too many connections, and bodies that broke off.',
        unit: 'short',
        queries: [
          { expr: growth('fail'), legend: '{{host}} to {{backend}} no connection' },
          { expr: growth('unhealthy'), legend: '{{host}} to {{backend}} ill' },
          { expr: growth('busy'), legend: '{{host}} to {{backend}} busy' },
          {
            expr: `sum by (host) (increase(varnish_main_fetch{${selector},type=~"failed|bad"}[$__rate_interval]))`,
            legend: '{{host}} broke off',
          },
        ],
      },
      {
        kind: 'timeseries',
        title: 'Connections to the origin',
        description: 'Connections to the load balancers that are in use now.',
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
