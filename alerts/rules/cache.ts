import { absent, always, dips, fires, quiet, resolves, turns } from '../alert-case.ts';
import { type Alert, usualFor } from '../alert.ts';
import { orZero } from '../promql.ts';

const active = (lb: string): string => `haproxy_backend_active_servers{host="${lb}",proxy="cache"}`;

/** The cache, as the load balancers see it: only a primary is an active server of the route. */
export const CACHE_ALERTS: readonly Alert[] = [
  {
    name: 'CacheNoPrimary',
    domain: 'cache',
    severity: 'warning',
    owner: 'platform',
    expr: `${orZero('max(haproxy_backend_active_servers{proxy="cache"})')} < 1`,
    forMs: usualFor,
    onAbsent: 'fires',
    summary: 'The cache has no primary',
    description: 'No load balancer finds a cache primary: pages come from the database, and sessions cannot be kept.',
    cases: [
      fires('both find none', { [active('lb1')]: turns(1, 0), [active('lb2')]: turns(1, 0) }, { labels: {} }),
      quiet('one load balancer finds none', { [active('lb1')]: turns(1, 0), [active('lb2')]: always(1) }),
      absent('no load balancer tells anything', {}, { labels: {} }),
      resolves(
        'Sentinel has made a new one',
        { [active('lb1')]: dips(1, 0), [active('lb2')]: dips(1, 0) },
        { labels: {} },
      ),
    ],
  },
];
