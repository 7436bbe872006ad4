import { hostsOf, type Topology } from '../../deploy/model/topology.ts';
import { absent, always, dip, fires, quiet, resolves, step } from '../alert-case.ts';
import { type Alert, defaultFor } from '../alert.ts';

/**
 * Alerts of pools with one host left, as seen by the load balancers: the next failure is an outage. The maximum over all load balancers counts,
 * because a load balancer that cannot reach the hosts sees fewer, never more.
 */
export function redundancyAlerts(topology: Topology): readonly Alert[] {
  return [
    redundancyLost('WebRedundancyLost', { pool: 'web', domain: 'web', count: hostsOf(topology, 'web').length }),
    redundancyLost('AppRedundancyLost', { pool: 'app-pool', domain: 'app', count: hostsOf(topology, 'app').length }),
  ];
}

interface Pool {
  readonly pool: 'web' | 'app-pool';
  readonly domain: 'web' | 'app';
  /** Hosts that are part of the running stack. */
  readonly count: number;
}

function redundancyLost(name: 'WebRedundancyLost' | 'AppRedundancyLost', { pool, domain, count }: Pool): Alert {
  const active = (lb: string): string => `haproxy_backend_active_servers{host="${lb}",job="haproxy",proxy="${pool}"}`;
  const remaining = (value: number) => ({ labels: {}, value: String(value) });
  return {
    name,
    domain,
    severity: 'critical',
    owner: 'platform',
    expr: `max(haproxy_backend_active_servers{proxy="${pool}"}) < 2`,
    forMs: defaultFor,
    onAbsent: { coveredBy: 'LoadBalancerLost' },
    summary: `{{ $value }} of ${count} ${domain} hosts is up`,
    description: `{{ $value }} of ${count} hosts are up in the pool ${pool}, as seen by every responding load balancer. With one, the next failure takes the site down; with zero, it is down.`,
    cases: [
      fires(
        'both load balancers have one host left',
        { [active('lb1')]: step(2, 1), [active('lb2')]: step(2, 1) },
        remaining(1),
      ),
      fires(
        'no host is left, and one load balancer is down',
        { [active('lb1')]: step(2, 0), [active('lb2')]: step(2, null) },
        remaining(0),
      ),
      quiet('one load balancer cannot reach the hosts', { [active('lb1')]: step(2, 0), [active('lb2')]: always(2) }),
      quiet('a check fails for a moment', { [active('lb1')]: dip(2, 1, 2), [active('lb2')]: dip(2, 1, 2) }),
      absent('no metrics of load balancers', {}),
      resolves('the other host is back', { [active('lb1')]: dip(2, 1), [active('lb2')]: dip(2, 1) }, remaining(1)),
    ],
  };
}
