import type { Topology } from '../../deploy/model/topology.ts';
import { promDuration } from '../../kit/prom-duration.ts';
import { absent, always, counts, dip, fires, slowCase, quiet, resolves, step } from '../alert-case.ts';
import { type Alert, lowUrgencyFor } from '../alert.ts';

/** Above this utilization of the event loop, every response of a process is late. */
const MAX_BUSY_RATIO = 0.9;

/** Alerts of work that waits for an exhausted resource, before users get errors. */
export function saturationAlerts(topology: Topology): readonly Alert[] {
  // All of five scrapes: a queue that is empty at times does not alert.
  const window = promDuration(topology.profile.monitoring.scrapeIntervalMs * 5);
  // During a failover writes wait for a new primary, which is not saturation.
  const outlastsFailover: Alert['forMs'] = (timings) => topology.profile.groupSuspicionMs + timings.alertForMs;
  return [
    {
      name: 'DatabasePoolSaturated',
      domain: 'app',
      severity: 'warning',
      owner: 'application',
      expr: `max by (host) (min_over_time(db_pool_waiting_callers[${window}])) > 0`,
      forMs: outlastsFailover,
      onAbsent: { coveredBy: 'AppHostLost' },
      summary: 'Requests on {{ $labels.host }} wait for a database connection',
      description:
        'All connections of a pool on {{ $labels.host }} are constantly in use, and at least {{ $value }} callers wait. Statements are slow, or the load exceeds the pool size.',
      cases: [
        fires('callers wait constantly', { [waiting('app1', 'db-read')]: step(0, 3) }, on('app1', '3')),
        quiet('callers wait at times', {
          [waiting('app1', 'db-write')]: [
            [0, 20],
            [4, 10],
            [0, 2],
            [4, 10],
            [0, 100],
          ],
        }),
        quiet('writes wait during a failover', { [waiting('app1', 'db-write')]: dip(0, 9, 10) }),
        absent('no metrics of application hosts', {}),
        resolves('no caller waits any more', { [waiting('app2', 'db-read')]: dip(0, 7) }, on('app2', '7')),
      ],
    },
    {
      name: 'CacheCircuitOpen',
      domain: 'cache',
      severity: 'warning',
      owner: 'application',
      group: 'low-priority',
      expr: `max by (host) (max_over_time(cache_circuit_state{state="closed"}[${window}])) == 0`,
      forMs: lowUrgencyFor,
      isLowUrgency: true,
      onAbsent: { coveredBy: 'AppHostLost' },
      summary: 'The cache circuit breaker on {{ $labels.host }} stays open',
      description:
        'The application on {{ $labels.host }} has opened its circuit breaker to the cache, and retries keep failing. It reads every page from the database, which has more load.',
      cases: [
        slowCase(fires('the circuit breaker does not close', { [closed('app1')]: step(1, 0) }, on('app1'))),
        quiet('the cache is down for 40 s', { [closed('app1')]: dip(1, 0) }),
        absent('no metrics of application hosts', {}),
        slowCase(resolves('the cache is back', { [closed('app2')]: dip(1, 0, 100) }, on('app2'))),
      ],
    },
    {
      name: 'ApplicationSaturated',
      domain: 'app',
      severity: 'warning',
      owner: 'application',
      group: 'low-priority',
      expr: `max by (host) (rate(nodejs_eventloop_active_seconds_total{job="app"}[${window}])) > ${MAX_BUSY_RATIO}`,
      forMs: lowUrgencyFor,
      isLowUrgency: true,
      onAbsent: { coveredBy: 'AppHostLost' },
      summary: 'The event loop of {{ $labels.host }} is saturated',
      description:
        'The event loop on {{ $labels.host }} is busy {{ $value | humanizePercentage }} of the time. Every request waits for others.',
      cases: [
        slowCase(fires('it is always busy', { [busy('app1')]: counts([0.25, 20], [1, 140]) }, on('app1', '100%'))),
        quiet('it is busy for half a minute', { [busy('app1')]: counts([0.25, 20], [1, 30], [0.25, 110]) }),
        absent('no metrics of application hosts', {}),
        slowCase(
          resolves(
            'it is idle again',
            { [busy('app2')]: counts([0.25, 20], [1, 100], [0.25, 40]) },
            on('app2', '100%'),
          ),
        ),
      ],
    },
    {
      name: 'RequestsQueued',
      domain: 'lb',
      severity: 'warning',
      owner: 'platform',
      expr: `max by (host, proxy) (min_over_time(haproxy_backend_current_queue[${window}])) > 0`,
      forMs: outlastsFailover,
      onAbsent: { coveredBy: 'LoadBalancerLost' },
      summary: 'Requests wait at {{ $labels.host }} for a server of {{ $labels.proxy }}',
      description:
        'Every server of {{ $labels.proxy }} is at its connection limit, and at least {{ $value }} requests wait at {{ $labels.host }}.',
      cases: [
        fires('the queue is never empty', { [queue('lb1')]: step(0, 12) }, inPool('lb1', '12')),
        quiet('a short queue', { [queue('lb1')]: dip(0, 40, 10), [queue('lb2')]: always(0) }),
        absent('no metrics of load balancers', {}),
        resolves('the queue is empty again', { [queue('lb2')]: dip(0, 5) }, inPool('lb2', '5')),
      ],
    },
  ];
}

const waiting = (host: string, pool: string): string =>
  `db_pool_waiting_callers{host="${host}",job="app",pool="${pool}"}`;
const closed = (host: string): string => `cache_circuit_state{host="${host}",job="app",state="closed"}`;
const busy = (host: string): string => `nodejs_eventloop_active_seconds_total{host="${host}",job="app"}`;
const queue = (lb: string): string => `haproxy_backend_current_queue{host="${lb}",job="haproxy",proxy="app-pool"}`;
const on = (host: string, value?: string) => ({ labels: { host }, ...(value === undefined ? {} : { value }) });
const inPool = (host: string, value: string) => ({ labels: { host, proxy: 'app-pool' }, value });
