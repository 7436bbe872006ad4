import { addressOn, hostsOf, PORTS, type Tier, type Topology } from '../../deploy/model/topology.ts';
import type { FaultContext } from '../faults/fault.ts';
import { readDbGroup } from '../probes/db-group.ts';
import { observeServersUp } from '../probes/haproxy-servers.ts';
import { fetchText } from '../probes/http.ts';
import { findHolders } from '../probes/virtual-address.ts';
import type { Redundancy } from './guarantee.ts';

/** Every virtual IP is on exactly one load balancer. */
export const addressesHeldOnce: Redundancy = {
  what: 'each virtual address is held once',
  observe: async (world) => {
    const held = await Promise.all(
      Object.values(world.topology.virtualAddresses).map(async ({ address }) => ({
        address,
        holders: await findHolders(world, address),
      })),
    );
    return {
      seen: held.every(({ holders }) => holders.length === 1),
      text: held.map(({ address, holders }) => `${address} on ${holders.join(', ') || 'no host'}`).join('; '),
    };
  },
};

/** Both load balancers answer: each could take over now. */
export const loadBalancersReady: Redundancy = {
  what: 'both load balancers serve',
  observe: async ({ topology }) => {
    const lbs = hostsOf(topology, 'lb');
    await Promise.all(lbs.map((lb) => fetchText(`http://${addressOn(lb, 'ops')}:${PORTS.haproxyStats}/metrics`)));
    return { seen: true, text: `${lbs.map(({ name }) => name).join(', ')} answer` };
  },
};

/** A path that is never cached: a success comes from the origin. */
const UNCACHED_PATH = '/favicon.ico';

/** Every edge forwards cache misses to a healthy origin. */
export const edgesReachOrigin: Redundancy = {
  what: 'every edge reaches its origin',
  observe: async ({ topology }) => {
    const edges = hostsOf(topology, 'edge');
    const answers = await Promise.allSettled(
      edges.map((edge) => fetchText(`http://${addressOn(edge, 'front')}:${PORTS.edge}${UNCACHED_PATH}`)),
    );
    const failed = edges.filter((_, index) => answers[index]?.status === 'rejected').map(({ name }) => name);
    return {
      seen: failed.length === 0,
      text: failed.length === 0 ? 'all edges reach their origin' : `no success from the origin of ${failed.join(', ')}`,
    };
  },
};

/** Every host of a tier gets requests from every load balancer. */
export function poolComplete(topology: Topology, tier: Tier, backend: string): Redundancy {
  const servers = hostsOf(topology, tier).map(({ name }) => name);
  return {
    what: `${servers.length} of ${servers.length} ${tier} hosts in the pool`,
    observe: (world: FaultContext) => observeServersUp(world, backend, servers),
  };
}

/** Every database node reports itself as ONLINE, and there is one primary, which sees a majority. */
export function databaseComplete(topology: Topology): Redundancy {
  const wanted = hostsOf(topology, 'db').length;
  return {
    what: `${wanted} database nodes ONLINE`,
    observe: async (world) => {
      const group = await readDbGroup(world.topology);
      const online = group.nodes.filter(({ online }) => online).map(({ node }) => node);
      return {
        seen: online.length === wanted && group.primary !== undefined,
        text: `ONLINE: ${online.join(', ') || 'none'}; primary: ${group.primary ?? 'none'}`,
      };
    },
  };
}
