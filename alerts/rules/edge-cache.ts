import type { Topology } from '../../deploy/model/topology.ts';
import { promDuration } from '../../kit/prom-duration.ts';
import {
  absent,
  always,
  counts,
  fires,
  grows,
  quiet,
  resolves,
  SELF_FOR_LONG,
  type Samples,
  type Series,
} from '../alert-case.ts';
import { type Alert, toleratesOneMissedScrape, lowUrgencyFor, detailFor } from '../alert.ts';
import { anyOf } from '../promql.ts';

/** Below this hit ratio an edge costs more than it saves; the reference load has 50 to 70 %. */
const MIN_HIT_RATIO = 0.2;
/** With fewer lookups per second the hit ratio is not meaningful. */
const MIN_LOOKUPS_PER_SECOND = 5;
/** Evicted objects per second, averaged over the window. */
const MAX_EVICTED_PER_SECOND = 1;

const COMMON = {
  domain: 'edge',
  severity: 'warning',
  owner: 'platform',
  group: 'background',
  onAbsent: { coveredBy: 'EdgeLost' },
} as const;

const counter = (name: string, host: string): string => `varnish_${name}{host="${host}",job="varnish",tier="edge"}`;
const on = (host: string, value?: string) => ({ labels: { host }, ...(value === undefined ? {} : { value }) });

const queue = (host: string): string => counter('main_thread_queue_len', host);

const lookupSeries = (hits: Series[string], misses: Series[string]): Series => ({
  [counter('main_cache_hit', 'edge1')]: hits,
  [counter('main_cache_miss', 'edge1')]: misses,
});

/** Alerts of the cache of an edge that responds. */
export function edgeCacheAlerts({ profile: { monitoring } }: Topology): readonly Alert[] {
  // Five scrapes: a rate needs two, some may be late or lost.
  const window = promDuration(5 * monitoring.probeIntervalMs);
  const perSecond = (name: string): string => `rate(varnish_${name}[${window}])`;
  const lookups = `(${perSecond('main_cache_hit')} + ${perSecond('main_cache_miss')})`;
  return [
    {
      ...COMMON,
      name: 'EdgeCacheCrashed',
      expr: `max by (host) (increase(varnish_mgt_child_panic[${window}]) + increase(varnish_mgt_child_died[${window}])) > 0`,
      forMs: detailFor,
      summary: 'The cache process on {{ $labels.host }} crashed',
      description:
        'Varnish on {{ $labels.host }} restarted its cache process after a panic or a signal. Its cache is empty, so it has no stale copies if the origin fails.',
      cases: [
        fires(
          'a panic',
          { [counter('mgt_child_panic', 'edge1')]: incrementOnce, [counter('mgt_child_died', 'edge1')]: always(0) },
          on('edge1'),
        ),
        fires(
          'a signal',
          { [counter('mgt_child_panic', 'edge2')]: always(0), [counter('mgt_child_died', 'edge2')]: incrementOnce },
          on('edge2'),
        ),
        quiet('it crashed a long time ago', {
          [counter('mgt_child_panic', 'edge1')]: always(3),
          [counter('mgt_child_died', 'edge1')]: always(1),
        }),
        absent('no Varnish is scraped', {}),
        resolves(
          'it crashed once',
          { [counter('mgt_child_panic', 'edge1')]: incrementOnce, [counter('mgt_child_died', 'edge1')]: always(0) },
          on('edge1'),
        ),
      ],
    },
    {
      ...COMMON,
      name: 'EdgeThreadsExhausted',
      // Not `threads_limited`. On a busy machine, Varnish creates threads up to the limit for one waiting request, because new threads have not
      // started at its next check (`pool_herder` in cache_wrk.c of 7.7.3).
      expr: anyOf(
        `max by (host) (min_over_time(varnish_main_thread_queue_len[${promDuration(3 * monitoring.probeIntervalMs)}])) > 0`,
        `max by (host) (${perSecond('main_threads_failed')}) > 0`,
        `max by (host) (${perSecond('main_sessions{type=~"dropped|fail"}')}) > 0`,
      ),
      forMs: toleratesOneMissedScrape,
      summary: 'Varnish on {{ $labels.host }} has no threads left',
      description:
        'Requests on {{ $labels.host }} constantly wait for a Varnish thread, Varnish cannot create more threads, or it drops sessions. HAProxy in front of it admits fewer requests than Varnish may have threads for, so the configuration is wrong, or the host has no processes left.',
      cases: [
        fires(
          'requests wait for a thread at every scrape',
          {
            [queue('edge1')]: [
              [0, 20],
              [12, 140],
            ],
            [counter('main_threads_failed', 'edge1')]: always(0),
          },
          on('edge1'),
        ),
        fires(
          'sessions are dropped because the queue for threads is full',
          {
            [queue('edge2')]: always(0),
            [counter('main_threads_failed', 'edge2')]: always(0),
            'varnish_main_sessions{host="edge2",job="varnish",tier="edge",type="dropped"}': counts([0, 20], [1, 140]),
          },
          on('edge2'),
        ),
        fires(
          'Varnish cannot create more threads',
          { [queue('edge1')]: always(0), [counter('main_threads_failed', 'edge1')]: counts([0, 20], [1, 140]) },
          on('edge1'),
        ),
        quiet('thread creation failed a long time ago', {
          [queue('edge1')]: always(0),
          [counter('main_threads_failed', 'edge1')]: always(7),
        }),
        quiet('bursts wait for threads occasionally and reach the thread limit', {
          [queue('edge1')]: [
            [0, 20],
            [30, 8],
            [0, 40],
            [5, 4],
            [0, 88],
          ],
          [counter('main_threads_limited', 'edge1')]: counts([0, 20], [1, 4], [0, 136]),
          [counter('main_threads_failed', 'edge1')]: always(0),
        }),
        absent('no Varnish is scraped', {}),
        resolves(
          'threads are available again',
          {
            [queue('edge1')]: [
              [0, 20],
              [12, 40],
              [0, 120],
            ],
            [counter('main_threads_failed', 'edge1')]: always(0),
          },
          on('edge1'),
        ),
      ],
    },
    {
      ...COMMON,
      name: 'EdgeHitRatioLow',
      expr: `max by (host) (${perSecond('main_cache_hit')} / (${lookups} > ${MIN_LOOKUPS_PER_SECOND})) < ${MIN_HIT_RATIO}`,
      forMs: lowUrgencyFor,
      isLowUrgency: true,
      summary: 'The cache hit ratio of {{ $labels.host }} is low',
      description: `Only {{ $value | humanizePercentage }} of the lookups at {{ $labels.host }} were hits (over the last ${window}). Most requests go to the origin.`,
      cases: [
        {
          kind: 'fires',
          title: 'one lookup in ten is a hit',
          series: { ...SELF_FOR_LONG, ...lookupSeries(grows([1, 600]), grows([9, 600])) },
          expect: [{ atS: 300, alerts: [on('edge1', '10%')] }],
        },
        quiet('four lookups in five are hits', lookupSeries(counts([8, 160]), counts([2, 160]))),
        quiet('very few lookups', lookupSeries(counts([0, 160]), counts([1, 160]))),
        absent('no Varnish is scraped', {}),
        {
          kind: 'resolves',
          title: 'the cache is warm again',
          series: { ...SELF_FOR_LONG, ...lookupSeries(grows([1, 300], [9, 300]), grows([9, 300], [1, 300])) },
          expect: [{ atS: 500, alerts: [] }],
          firing: [{ atS: 290, count: 1 }],
        },
      ],
    },
    {
      ...COMMON,
      name: 'EdgeCacheEvicting',
      expr: `max by (host) (${perSecond('main_n_lru_nuked')}) > ${MAX_EVICTED_PER_SECOND}`,
      forMs: lowUrgencyFor,
      isLowUrgency: true,
      summary: 'The cache of {{ $labels.host }} is too small',
      description: `Varnish on {{ $labels.host }} evicts {{ $value | humanize }} objects per second to free memory (over the last ${window}).`,
      cases: [
        {
          kind: 'fires',
          title: 'five objects per second',
          series: { ...SELF_FOR_LONG, [counter('main_n_lru_nuked', 'edge2')]: grows([5, 600]) },
          expect: [{ atS: 300, alerts: [on('edge2', '5')] }],
        },
        quiet('one object every two seconds', { [counter('main_n_lru_nuked', 'edge2')]: counts([0.5, 160]) }),
        absent('no Varnish is scraped', {}),
        {
          kind: 'resolves',
          title: 'the evictions end',
          series: { ...SELF_FOR_LONG, [counter('main_n_lru_nuked', 'edge2')]: grows([5, 300], [0, 300]) },
          expect: [{ atS: 500, alerts: [] }],
          firing: [{ atS: 290, count: 1 }],
        },
      ],
    },
  ];
}

/** A counter that increases by one at 20 s. */
const incrementOnce: Samples = [
  [0, 20],
  [1, 140],
];
