import type { Topology } from '../../deploy/model/topology.ts';
import { promDuration } from '../../kit/prom-duration.ts';
import { absent, always, counts, dip, fires, quiet, resolves, step } from '../alert-case.ts';
import { type Alert, defaultFor } from '../alert.ts';
import { downForEveryLoadBalancer } from '../promql.ts';

const down = (lb: string, server: string): string =>
  `haproxy_server_status{host="${lb}",proxy="web",server="${server}",state="DOWN"}`;

/** Alerts of the web hosts. */
export function webAlerts(topology: Topology): readonly Alert[] {
  return [HOST_LOST, connectionsDropped(topology)];
}

/** As seen by the load balancers. */
const HOST_LOST: Alert = {
  name: 'WebHostLost',
  domain: 'web',
  severity: 'warning',
  owner: 'platform',
  expr: downForEveryLoadBalancer('web'),
  forMs: defaultFor,
  onAbsent: { coveredBy: 'LoadBalancerLost' },
  summary: 'Web host {{ $labels.host }} is down',
  description: 'Every responding load balancer has marked {{ $labels.host }} down: its health check of Nginx fails.',
  cases: [
    fires(
      'both load balancers have marked it down',
      { [down('lb1', 'web1')]: step(0, 1), [down('lb2', 'web1')]: step(0, 1), [down('lb1', 'web2')]: always(0) },
      { labels: { host: 'web1' } },
    ),
    quiet('only one load balancer has marked it down', {
      [down('lb1', 'web1')]: step(0, 1),
      [down('lb2', 'web1')]: always(0),
    }),
    absent('no metrics of load balancers', {}),
    resolves(
      'the host is back, while one load balancer is down',
      { [down('lb1', 'web1')]: step(0, null), [down('lb2', 'web1')]: dip(0, 1) },
      { labels: { host: 'web1' } },
    ),
  ],
};

const accepted = (host: string): string => `nginx_connections_accepted{host="${host}"}`;
const handled = (host: string): string => `nginx_connections_handled{host="${host}"}`;

/** Maximum difference: Nginx counts a connection as accepted slightly before it counts it as handled, and `increase` extrapolates. */
const IN_BETWEEN = 2;

function connectionsDropped(topology: Topology): Alert {
  const window = promDuration(6 * topology.profile.monitoring.detailScrapeIntervalMs);
  return {
    name: 'WebConnectionsDropped',
    domain: 'web',
    severity: 'warning',
    owner: 'platform',
    expr: `max by (host) (increase(nginx_connections_accepted[${window}]) - increase(nginx_connections_handled[${window}])) > ${IN_BETWEEN}`,
    forMs: defaultFor,
    onAbsent: { coveredBy: 'WebHostLost' },
    summary: 'Nginx on {{ $labels.host }} drops connections',
    description: `Nginx on {{ $labels.host }} dropped {{ $value | humanize }} accepted connections in ${window}, because a limit is reached (worker_connections, open files).`,
    cases: [
      fires(
        'a tenth of the connections is dropped',
        {
          [accepted('web1')]: counts([10, 120]),
          [handled('web1')]: counts([10, 20], [9, 100]),
          [accepted('web2')]: counts([10, 120]),
          [handled('web2')]: counts([10, 120]),
        },
        { labels: { host: 'web1' }, value: '36' },
      ),
      quiet('Nginx restarts', { [accepted('web1')]: step(5000, 0), [handled('web1')]: step(5000, 0) }),
      quiet('a connection is accepted, but not handled yet', {
        [accepted('web1')]: step(10, 11),
        [handled('web1')]: always(10),
      }),
      absent('no metrics of Nginx', {}),
      resolves(
        'all connections are handled again',
        { [accepted('web1')]: counts([10, 120]), [handled('web1')]: counts([10, 20], [9, 40], [10, 60]) },
        { labels: { host: 'web1' }, value: '36' },
      ),
    ],
  };
}
