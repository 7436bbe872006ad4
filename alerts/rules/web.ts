import { absent, always, dips, fires, quiet, resolves, turns } from '../alert-case.ts';
import { type Alert, usualFor } from '../alert.ts';
import { downForEveryLoadBalancer } from '../promql.ts';

const down = (lb: string, server: string): string =>
  `haproxy_server_status{host="${lb}",proxy="web",server="${server}",state="DOWN"}`;

/** The web hosts, as the load balancers see them. */
export const WEB_ALERTS: readonly Alert[] = [
  {
    name: 'WebHostLost',
    domain: 'web',
    severity: 'warning',
    owner: 'platform',
    expr: downForEveryLoadBalancer('web'),
    forMs: usualFor,
    onAbsent: { coveredBy: 'LoadBalancerLost' },
    summary: 'Web host {{ $labels.host }} is lost',
    description: 'Every load balancer that answers has taken {{ $labels.host }} out: its check of Nginx fails.',
    cases: [
      fires(
        'both load balancers hold it for down',
        { [down('lb1', 'web1')]: turns(0, 1), [down('lb2', 'web1')]: turns(0, 1), [down('lb1', 'web2')]: always(0) },
        { labels: { host: 'web1' } },
      ),
      quiet('only one load balancer holds it for down', {
        [down('lb1', 'web1')]: turns(0, 1),
        [down('lb2', 'web1')]: always(0),
      }),
      absent('no load balancer tells anything', {}),
      resolves(
        'with one load balancer gone, the host comes back',
        { [down('lb1', 'web1')]: turns(0, null), [down('lb2', 'web1')]: dips(0, 1) },
        { labels: { host: 'web1' } },
      ),
    ],
  },
];
