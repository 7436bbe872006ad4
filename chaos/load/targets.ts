import { addressOn, hostsOf, PORTS, routeAddress, type Topology } from '../../deploy/model/topology.ts';
import { HoldfastError } from '../../kit/errors.ts';
import { nearest } from '../../kit/nearest.ts';
import type { LoadTarget, Suite } from './load-run.ts';

/** Every public endpoint of the shop: the virtual IP over HTTP and over TLS, and each edge. */
export function allTargets(topology: Topology): readonly LoadTarget[] {
  return [virtualAddress(topology), virtualAddressTls(topology), ...edges(topology)];
}

/** The target of a name. Throws `usage` for an unknown one. */
export function parseTarget(word: string, topology: Topology): LoadTarget {
  const targets = allTargets(topology);
  const target = targets.find(({ name }) => name === (word === 'vip' ? 'virtual-address' : word));
  if (target !== undefined) return target;
  const names = targets.map(({ name }) => name);
  throw new HoldfastError('usage', `There is no target ${word}.`, {
    fix: `Known targets: ${nearest(word, names).join(', ')}.`,
  });
}

/**
 * `smoke` and `maintenance` use all targets, so that a part of their connections is HTTP/2. The other suites use those over HTTP: the edges, as customers
 * do, and the virtual IP directly.
 */
export function defaultTargets(suite: Suite, topology: Topology): readonly LoadTarget[] {
  return suite === 'smoke' || suite === 'maintenance'
    ? allTargets(topology)
    : [virtualAddress(topology), ...edges(topology)];
}

function virtualAddress(topology: Topology): LoadTarget {
  const { host, port } = routeAddress(topology, 'http');
  return { name: 'virtual-address', url: `http://${host}:${port}` };
}

function virtualAddressTls(topology: Topology): LoadTarget {
  const { host, port } = routeAddress(topology, 'https');
  return { name: 'virtual-address-tls', url: `https://${host}:${port}` };
}

function edges(topology: Topology): readonly LoadTarget[] {
  const all = hostsOf(topology, 'edge').map((host) => ({
    name: host.name,
    url: `http://${addressOn(host, 'front')}:${PORTS.edge}`,
  }));
  // The DNS name of a site with two edges has two addresses: a client that cannot connect to one uses the other.
  return all.map((edge, index) => {
    const next = all[(index + 1) % all.length];
    return next === undefined || next.name === edge.name ? edge : { ...edge, fallbackUrl: next.url };
  });
}
