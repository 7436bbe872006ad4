import { hostsOf, type Topology } from '../../deploy/model/topology.ts';
import { absent, always, dip, blip, fires, quiet, resolves, step } from '../alert-case.ts';
import { type Alert, toleratesOneMissedScrape } from '../alert.ts';
import { absentPerHost, anyOf } from '../promql.ts';

/** Alerts of the edges, as seen by the exporters of the monitors. */
export function edgeAlerts(topology: Topology): readonly Alert[] {
  return [edgeLost(topology), edgeOriginUnhealthy(topology)];
}

const scraped = (host: string): string => `up{host="${host}",job="host",tier="edge"}`;
const hostUp = (host: string): string => `host_up{host="${host}",job="host",tier="edge"}`;
const varnishUp = (host: string): string => `varnish_up{host="${host}",job="varnish",tier="edge"}`;
const originUp = (host: string): string =>
  `varnish_backend_up{host="${host}",job="varnish",tier="edge",backend="origin",server="unknown"}`;
const on = (host: string) => ({ labels: { host } });
const BOTH_SCRAPED = { [scraped('edge1')]: always(1), [scraped('edge2')]: always(1) };

function edgeLost(topology: Topology): Alert {
  return {
    name: 'EdgeLost',
    domain: 'edge',
    severity: 'critical',
    owner: 'platform',
    expr: anyOf(
      'min by (host) (host_up{tier="edge"}) == 0',
      'min by (host) (varnish_up) == 0',
      'min by (host) (up{job="haproxy",tier="edge"}) == 0',
      // The exporter always exposes host_up. If the exporter is down, the other monitor's exporter still exposes it, and TargetDown fires.
      absentPerHost(hostsOf(topology, 'edge'), (host) => `up{job="host",host="${host}"}`),
    ),
    forMs: toleratesOneMissedScrape,
    onAbsent: 'fires',
    summary: 'Edge {{ $labels.host }} is down',
    description:
      '{{ $labels.host }}, its HAProxy or its Varnish does not respond. Without host or HAProxy, this edge serves nothing. Without Varnish, it sends every request to the origin. The other edge has no redundancy.',
    cases: [
      fires(
        'the host is down',
        {
          ...BOTH_SCRAPED,
          [hostUp('edge1')]: step(1, 0),
          [hostUp('edge2')]: always(1),
          [varnishUp('edge1')]: step(1, 0),
        },
        on('edge1'),
      ),
      fires(
        'Varnish is down while the host responds',
        { ...BOTH_SCRAPED, [hostUp('edge2')]: always(1), [varnishUp('edge2')]: step(1, 0) },
        on('edge2'),
      ),
      fires(
        'HAProxy is down while Varnish and the host respond',
        {
          ...BOTH_SCRAPED,
          [hostUp('edge2')]: always(1),
          [varnishUp('edge2')]: always(1),
          'up{host="edge2",job="haproxy",tier="edge"}': step(1, 0),
        },
        on('edge2'),
      ),
      quiet('one scrape fails', {
        ...BOTH_SCRAPED,
        [hostUp('edge1')]: blip(1, 0, topology.profile.monitoring.probeIntervalMs),
      }),
      quiet('another host and an exporter are down', {
        [scraped('edge1')]: step(1, 0),
        [scraped('edge2')]: step(1, 0),
        [hostUp('edge1')]: step(1, null),
        'host_up{host="web1",job="host",tier="web"}': step(1, 0),
      }),
      absent('an edge is not scraped', { [scraped('edge2')]: always(1) }, on('edge1')),
      resolves('it is back', { ...BOTH_SCRAPED, [hostUp('edge1')]: dip(1, 0) }, on('edge1')),
    ],
  };
}

const edgeOriginUnhealthy = ({ profile: { monitoring } }: Topology): Alert => ({
  name: 'EdgeOriginUnhealthy',
  domain: 'edge',
  severity: 'critical',
  owner: 'platform',
  expr: 'min by (host) (varnish_backend_up) == 0',
  forMs: toleratesOneMissedScrape,
  onAbsent: { coveredBy: 'EdgeLost' },
  summary: 'Origin health checks are failing on {{ $labels.host }}',
  description:
    'Origin health checks of {{ $labels.host }} have failed for longer than a load balancer failover takes. The edge serves stale copies from its cache, and errors for everything else.',
  cases: [
    fires('its health checks fail', { [originUp('edge1')]: step(1, 0), [originUp('edge2')]: always(1) }, on('edge1')),
    quiet('a scrape during a load balancer failover', {
      [originUp('edge1')]: blip(1, 0, monitoring.detailScrapeIntervalMs),
    }),
    absent('no metrics of Varnish', {}),
    resolves('the origin is healthy again', { [originUp('edge2')]: dip(1, 0) }, on('edge2')),
  ],
});
