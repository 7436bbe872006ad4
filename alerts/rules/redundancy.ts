import { hostsOf, type Topology } from '../../deploy/model/topology.ts';
import { absent, always, dip, fires, quiet, resolves, step } from '../alert-case.ts';
import { type Alert, defaultFor } from '../alert.ts';

/**
 * Pools of which one host is left, as the load balancers see them: the next failure is an outage. The better view counts, since a load
 * balancer that lost its way to the hosts sees fewer, never more.
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
  const left = (value: number) => ({ labels: {}, value: String(value) });
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
      fires('one is left for both', { [active('lb1')]: step(2, 1), [active('lb2')]: step(2, 1) }, left(1)),
      fires(
        'none is left, and one load balancer is gone',
        { [active('lb1')]: step(2, 0), [active('lb2')]: step(2, null) },
        left(0),
      ),
      quiet('one load balancer cannot reach them', { [active('lb1')]: step(2, 0), [active('lb2')]: always(2) }),
      quiet('a check fails for a moment', { [active('lb1')]: dip(2, 1, 2), [active('lb2')]: dip(2, 1, 2) }),
      absent('no load balancer tells anything', {}),
      resolves('the other one is back', { [active('lb1')]: dip(2, 1), [active('lb2')]: dip(2, 1) }, left(1)),
    ],
  };
}
