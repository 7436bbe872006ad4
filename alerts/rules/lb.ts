import { hostsOf, type Topology } from '../../deploy/model/topology.ts';
import { absent, always, dip, fires, quiet, resolves, step } from '../alert-case.ts';
import { type Alert, ignoresStaleSamples, defaultFor } from '../alert.ts';
import { absentPerHost, anyOf, orZero } from '../promql.ts';

/** Alerts of the load balancer pair and its virtual IPs. */
export function lbAlerts(topology: Topology): readonly Alert[] {
  return [loadBalancerLost(topology), virtualAddressMissing(topology), VIRTUAL_ADDRESS_DUPLICATED];
}

const up = (host: string, job: 'haproxy' | 'lb-state'): string => `up{host="${host}",job="${job}"}`;
const lost = (host: string) => ({ labels: { host } });

function loadBalancerLost(topology: Topology): Alert {
  return {
    name: 'LoadBalancerLost',
    domain: 'lb',
    severity: 'critical',
    owner: 'platform',
    expr: anyOf(
      // EdgeLost covers the HAProxy of the edges.
      'min by (host) (up{job=~"haproxy|lb-state",tier!="edge"}) == 0',
      'min by (host) (lb_haproxy_up) == 0',
      'min by (host) (keepalived_up) == 0',
      absentPerHost(hostsOf(topology, 'lb'), (host) => `up{job="haproxy",host="${host}"}`),
    ),
    forMs: defaultFor,
    onAbsent: 'fires',
    summary: 'Load balancer {{ $labels.host }} is down',
    description:
      'HAProxy or keepalived on {{ $labels.host }} does not respond. The other load balancer carries all traffic. If it fails too, the site is down.',
    cases: [
      fires(
        'the host is down',
        {
          [up('lb1', 'haproxy')]: step(1, 0),
          [up('lb1', 'lb-state')]: step(1, 0),
          [up('lb2', 'haproxy')]: always(1),
        },
        lost('lb1'),
      ),
      fires(
        'HAProxy hangs while the host responds',
        {
          [up('lb1', 'haproxy')]: always(1),
          [up('lb2', 'haproxy')]: always(1),
          'lb_haproxy_up{host="lb2"}': step(1, 0),
        },
        lost('lb2'),
      ),
      quiet('one scrape is missed', {
        [up('lb1', 'haproxy')]: dip(1, 0, 2),
        [up('lb2', 'haproxy')]: always(1),
      }),
      quiet('an edge is down', {
        'up{host="edge1",job="haproxy",tier="edge"}': step(1, 0),
        [up('lb1', 'haproxy')]: always(1),
        [up('lb2', 'haproxy')]: always(1),
      }),
      absent('one load balancer is not scraped', { [up('lb2', 'haproxy')]: always(1) }, lost('lb1')),
      resolves(
        'the host comes back',
        { [up('lb1', 'haproxy')]: dip(1, 0), [up('lb2', 'haproxy')]: always(1) },
        lost('lb1'),
      ),
    ],
  };
}

/** Virtual IPs of the reference topology, for the cases. */
const ADDRESSES = { front: '198.18.0.10', app: '198.18.1.10' } as const;
const held = (host: string, iname: keyof typeof ADDRESSES): string =>
  `lb_virtual_address_held{host="${host}",iname="${iname}",ip_address="${ADDRESSES[iname]}"}`;
const address = (network: keyof typeof ADDRESSES) => ({ labels: { network, address: ADDRESSES[network] } });

function virtualAddressMissing(topology: Topology): Alert {
  const holders = Object.values(topology.virtualAddresses).map((virtual) => {
    const none = `${orZero(`sum(lb_virtual_address_held{ip_address="${virtual.address}"})`)} < 1`;
    return `label_replace(label_replace(${none}, "network", "${virtual.network}", "", ""), "address", "${virtual.address}", "", "")`;
  });
  return {
    name: 'VirtualAddressMissing',
    domain: 'lb',
    severity: 'critical',
    owner: 'platform',
    expr: anyOf(...holders),
    forMs: defaultFor,
    onAbsent: 'fires',
    summary: 'No load balancer owns {{ $labels.address }} ({{ $labels.network }})',
    description:
      'No responding load balancer owns the virtual IP {{ $labels.address }} of the network {{ $labels.network }}. Its clients cannot connect.',
    cases: [
      fires(
        'no load balancer owns one of the virtual IPs',
        { [held('lb1', 'front')]: step(1, 0), [held('lb2', 'front')]: always(0), [held('lb1', 'app')]: always(1) },
        address('front'),
      ),
      quiet('the virtual IPs move, from a host that responds and from one that is down', {
        [held('lb1', 'front')]: step(1, 0),
        [held('lb2', 'front')]: step(0, 1),
        [held('lb1', 'app')]: step(1, null),
        [held('lb2', 'app')]: step(0, 1),
      }),
      absent('no metrics of load balancers', {}, address('front'), address('app')),
      resolves(
        'the virtual IP is owned again',
        { [held('lb1', 'front')]: dip(1, 0), [held('lb1', 'app')]: always(1) },
        address('front'),
      ),
    ],
  };
}

const VIRTUAL_ADDRESS_DUPLICATED: Alert = {
  name: 'VirtualAddressDuplicated',
  domain: 'lb',
  severity: 'critical',
  owner: 'platform',
  expr: 'sum by (network, address) (label_replace(label_replace(lb_virtual_address_held, "network", "$1", "iname", "(.+)"), "address", "$1", "ip_address", "(.+)")) > 1',
  forMs: ignoresStaleSamples,
  onAbsent: { coveredBy: 'VirtualAddressMissing' },
  summary: 'Two load balancers own {{ $labels.address }} ({{ $labels.network }})',
  description:
    '{{ $value }} load balancers own {{ $labels.address }} at once (split brain). Clients reach either of them at random, and connections break when ARP entries change.',
  cases: [
    fires(
      'both own it',
      { [held('lb1', 'front')]: always(1), [held('lb2', 'front')]: step(0, 1) },
      { ...address('front'), value: '2' },
    ),
    quiet('the last sample of a host that has just gone down shows it as the owner', {
      [held('lb1', 'front')]: [
        [1, 24],
        [null, 96],
      ],
      [held('lb2', 'front')]: step(0, 1),
    }),
    absent('no metrics of load balancers', {}),
    resolves(
      'one releases it',
      { [held('lb1', 'front')]: always(1), [held('lb2', 'front')]: dip(0, 1) },
      { ...address('front'), value: '2' },
    ),
  ],
};
