import { hostsOf, type Topology } from '../../deploy/model/topology.ts';
import { absent, always, dip, blip, fires, quiet, resolves, step } from '../alert-case.ts';
import { type Alert, toleratesOneMissedScrape, defaultFor } from '../alert.ts';
import { absentPerHost, anyOf, orZero } from '../promql.ts';

const active = (lb: string): string => `haproxy_backend_active_servers{host="${lb}",proxy="cache"}`;

const scraped = (host: string): string => `up{host="${host}",job="host",tier="cache"}`;
const hostUp = (host: string): string => `host_up{host="${host}",job="host",tier="cache"}`;
const on = (host: string) => ({ labels: { host } });
const ALL_SCRAPED = Object.fromEntries(['cache1', 'cache2', 'cache3'].map((host) => [scraped(host), always(1)]));

/** Alerts of the cache hosts, and of the cache as seen by the load balancers: only a primary is an active server of the route. */
export function cacheAlerts(topology: Topology): readonly Alert[] {
  return [CACHE_NO_PRIMARY, cacheHostLost(topology)];
}

function cacheHostLost(topology: Topology): Alert {
  return {
    name: 'CacheHostLost',
    domain: 'cache',
    severity: 'warning',
    owner: 'platform',
    expr: anyOf(
      'min by (host) (host_up{tier="cache"}) == 0',
      absentPerHost(hostsOf(topology, 'cache'), (host) => `up{job="host",host="${host}"}`),
    ),
    forMs: toleratesOneMissedScrape,
    onAbsent: 'fires',
    summary: 'Cache host {{ $labels.host }} is down',
    description:
      '{{ $labels.host }} does not respond. One copy of the cache and one Sentinel vote are missing. If another cache host fails, Sentinel cannot elect a new primary.',
    cases: [
      fires(
        'the host is down',
        { ...ALL_SCRAPED, [hostUp('cache2')]: step(1, 0), [hostUp('cache1')]: always(1) },
        on('cache2'),
      ),
      quiet('one scrape fails', {
        ...ALL_SCRAPED,
        [hostUp('cache2')]: blip(1, 0, topology.profile.monitoring.probeIntervalMs),
      }),
      absent(
        'a cache host is not scraped',
        { [scraped('cache1')]: always(1), [scraped('cache3')]: always(1) },
        on('cache2'),
      ),
      resolves('it is back', { ...ALL_SCRAPED, [hostUp('cache3')]: dip(1, 0) }, on('cache3')),
    ],
  };
}

const CACHE_NO_PRIMARY: Alert = {
  name: 'CacheNoPrimary',
  domain: 'cache',
  severity: 'warning',
  owner: 'platform',
  expr: `${orZero('max(haproxy_backend_active_servers{proxy="cache"})')} < 1`,
  forMs: defaultFor,
  onAbsent: 'fires',
  summary: 'The cache has no primary',
  description:
    'No load balancer finds a cache primary. Pages are read from the database, and sessions cannot be stored.',
  cases: [
    fires(
      'both load balancers find no primary',
      { [active('lb1')]: step(1, 0), [active('lb2')]: step(1, 0) },
      { labels: {} },
    ),
    quiet('one load balancer finds no primary', { [active('lb1')]: step(1, 0), [active('lb2')]: always(1) }),
    absent('no metrics of load balancers', {}, { labels: {} }),
    resolves(
      'Sentinel has promoted a new primary',
      { [active('lb1')]: dip(1, 0), [active('lb2')]: dip(1, 0) },
      { labels: {} },
    ),
  ],
};
