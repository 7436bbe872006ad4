import type { Topology } from '../../deploy/model/topology.ts';
import { promDuration } from '../../kit/prom-duration.ts';
import { absent, always, counts, fires, quiet, resolves } from '../alert-case.ts';
import { type Alert, defaultFor } from '../alert.ts';

/** Minimum rate of refusals: a client that exceeds a limit slightly is refused occasionally. */
const MIN_REFUSED_PER_SECOND = 1;

const refused = (name: 'denied_connections' | 'requests_denied', host: string, proxy = 'edge'): string =>
  `haproxy_frontend_${name}_total{host="${host}",job="haproxy",proxy="${proxy}"}`;
const on = (host: string) => ({ labels: { host } });

/** Alerts of client behaviour at the entries of the site. */
export function clientAlerts({ profile: { monitoring } }: Topology): readonly Alert[] {
  // Five scrapes: a rate needs two, some may be late or lost.
  const window = promDuration(monitoring.scrapeIntervalMs * 5);
  const rate = (name: string): string => `rate(haproxy_frontend_${name}_total[${window}])`;
  return [
    {
      name: 'ClientLimitExceeded',
      domain: 'site',
      severity: 'warning',
      owner: 'platform',
      expr: `sum by (host) (${rate('denied_connections')} + ${rate('requests_denied')}) > ${MIN_REFUSED_PER_SECOND}`,
      forMs: defaultFor,
      // A host that is down exposes no refusals.
      onAbsent: { coveredBy: 'TargetDown' },
      summary: 'A client exceeds its limits at {{ $labels.host }}',
      description:
        '{{ $labels.host }} refuses {{ $value | humanize }} connections and requests per second, because one client address has too many connections without progress, too many requests in progress, or a too high rate. Other clients are served.',
      cases: [
        fires(
          'connections are refused',
          {
            [refused('denied_connections', 'edge1')]: counts([0, 20], [50, 100]),
            [refused('requests_denied', 'edge1')]: always(0),
          },
          { labels: { host: 'edge1' }, value: '50' },
        ),
        fires(
          'requests are refused at a load balancer',
          {
            [refused('denied_connections', 'lb1', 'http')]: always(3),
            [refused('requests_denied', 'lb1', 'http')]: counts([0, 20], [20, 100]),
          },
          { labels: { host: 'lb1' }, value: '20' },
        ),
        quiet('a client is refused occasionally', {
          [refused('denied_connections', 'edge2')]: counts([0.5, 120]),
          [refused('requests_denied', 'edge2')]: counts([0.3, 120]),
        }),
        absent('no HAProxy is scraped', {}),
        resolves(
          'the client stops',
          {
            [refused('denied_connections', 'edge1')]: counts([0, 20], [50, 40], [0, 60]),
            [refused('requests_denied', 'edge1')]: always(0),
          },
          { ...on('edge1'), value: '50' },
        ),
      ],
    },
  ];
}
