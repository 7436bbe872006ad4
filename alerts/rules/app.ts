import { hostsOf, type Topology } from '../../deploy/model/topology.ts';
import { absent, always, dip, fires, quiet, resolves, step } from '../alert-case.ts';
import { type Alert, defaultFor } from '../alert.ts';
import { absentPerHost, anyOf, downForEveryLoadBalancer } from '../promql.ts';

const up = (host: string): string => `up{host="${host}",job="app"}`;
const down = (lb: string, server: string): string =>
  `haproxy_server_status{host="${lb}",proxy="app-pool",server="${server}",state="DOWN"}`;
const lost = (host: string) => ({ labels: { host } });

/** Alerts of the application hosts in the running stack; standby slots are in maintenance, which does not count as down. */
export function appAlerts(topology: Topology): readonly Alert[] {
  return [
    {
      name: 'AppHostLost',
      domain: 'app',
      severity: 'warning',
      owner: 'application',
      expr: anyOf(
        'min by (host) (up{job="app"}) == 0',
        downForEveryLoadBalancer('app-pool'),
        absentPerHost(hostsOf(topology, 'app'), (host) => `up{job="app",host="${host}"}`),
      ),
      forMs: defaultFor,
      onAbsent: 'fires',
      summary: 'Application host {{ $labels.host }} is down',
      description:
        'The application on {{ $labels.host }} does not respond, or every load balancer has marked it down. The other application hosts carry its load.',
      cases: [
        fires('the host is down', { [up('app1')]: step(1, 0), [up('app2')]: always(1) }, lost('app1')),
        fires(
          'Prometheus reaches it, but all load balancers have marked it down',
          {
            [up('app1')]: always(1),
            [up('app2')]: always(1),
            [down('lb1', 'app2')]: step(0, 1),
            [down('lb2', 'app2')]: step(0, 1),
          },
          lost('app2'),
        ),
        quiet('only one load balancer has marked it down, and a standby slot is empty', {
          [up('app1')]: always(1),
          [up('app2')]: always(1),
          [down('lb1', 'app2')]: step(0, 1),
          [down('lb2', 'app2')]: always(0),
          [down('lb1', 'app3')]: always(0),
        }),
        absent('one application host is not scraped', { [up('app2')]: always(1) }, lost('app1')),
        resolves('the host comes back', { [up('app1')]: dip(1, 0), [up('app2')]: always(1) }, lost('app1')),
      ],
    },
  ];
}
