import type { Redundancy, StackContext } from './observation.ts';
import { addressOn, hostsOf, PORTS, type Host, type Tier, type Topology } from '../model/topology.ts';
import { openPrometheus } from '../../kit/prometheus.ts';
import { observeCacheReplication } from './cache-replication.ts';
import { readDbGroup } from './db-group.ts';
import {
  BACKENDS,
  findRunningBalancers,
  isPooledTier,
  observeServersUp,
  readUpServers,
  type PooledTier,
} from './haproxy-servers.ts';
import { fetchText } from './http.ts';
import { findHolders } from './virtual-address.ts';

/** Every virtual IP is on exactly one load balancer. */
const addressesHeldOnce: Redundancy = {
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

/** Every load balancer responds and has a server for each route to a database or the cache, so that it could take over now. */
const loadBalancersReady: Redundancy = {
  what: 'every load balancer has its routes',
  observe: async ({ topology }) => {
    const routes = ['db-write', 'db-read', 'cache'];
    const missing = await Promise.all(
      hostsOf(topology, 'lb').flatMap((lb) =>
        routes.map(async (route) =>
          (await readUpServers(lb, route)).length > 0 ? [] : [`${lb.name} has no ${route}`],
        ),
      ),
    );
    const text = missing.flat().join(', ');
    return { seen: text === '', text: text || 'every load balancer has all routes' };
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
function poolComplete(topology: Topology, tier: PooledTier): Redundancy {
  const servers = hostsOf(topology, tier).map(({ name }) => name);
  return {
    what: `${servers.length} of ${servers.length} ${tier} hosts in the pool`,
    observe: (world: StackContext) => observeServersUp(world, BACKENDS[tier], servers),
  };
}

/** Every database node reports itself as ONLINE, and there is one primary, which sees a majority. */
function databaseComplete(topology: Topology): Redundancy {
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

/** One cache host is the primary, and all others are synchronized with it. */
const cacheComplete: Redundancy = {
  what: 'all cache hosts replicate',
  observe: observeCacheReplication,
};

/** Every Prometheus evaluates rules on samples that it scrapes: its watchdog fires. */
const monitorsEvaluate: Redundancy = {
  what: 'every Prometheus evaluates rules',
  observe: async ({ topology }) => {
    const monitors = hostsOf(topology, 'monitor');
    const answers = await Promise.all(
      monitors.map(async (monitor) => {
        const prometheus = openPrometheus(`http://${addressOn(monitor, 'ops')}:${PORTS.prometheus}`);
        return (await prometheus.query('ALERTS{alertname="Watchdog",alertstate="firing"}')).length > 0;
      }),
    );
    const without = monitors.filter((_, index) => answers[index] !== true).map(({ name }) => name);
    return {
      seen: without.length === 0,
      text: without.length === 0 ? 'the watchdog fires on every monitor' : `no watchdog on ${without.join(', ')}`,
    };
  },
};

/** The first of these conditions that is not met; an empty text if all are. */
export async function findMissing(stack: StackContext, redundancies: readonly Redundancy[]): Promise<string> {
  for (const redundancy of redundancies) {
    const { seen, text } = await redundancy.observe(stack);
    if (!seen) return text;
  }
  return '';
}

/** The condition for the service of one host: every load balancer that runs sends it requests. None for tiers without a pool. */
export function serviceOf({ name, tier }: Host): readonly Redundancy[] {
  if (!isPooledTier(tier)) return [];
  return [
    {
      what: `${name} in the pool`,
      observe: async (stack) => {
        const running = await findRunningBalancers(stack);
        const pools = await Promise.all(running.map((lb) => readUpServers(lb, BACKENDS[tier])));
        const without = running.filter((_, index) => pools[index]?.includes(name) !== true).map((lb) => lb.name);
        const seen = running.length > 0 && without.length === 0;
        return {
          seen,
          text: seen
            ? `${name} in every pool`
            : `${name} is not in the pool of ${without.join(', ') || 'any load balancer'}`,
        };
      },
    },
  ];
}

/** The conditions for full redundancy of a tier, beyond healthy hosts. */
export function redundancyOf(topology: Topology, tier: Tier): readonly Redundancy[] {
  switch (tier) {
    case 'lb':
      return [loadBalancersReady, addressesHeldOnce];
    case 'web':
    case 'app':
      return [poolComplete(topology, tier)];
    case 'db':
      return [databaseComplete(topology)];
    case 'edge':
      return [edgesReachOrigin];
    case 'cache':
      return [cacheComplete];
    case 'monitor':
      return [monitorsEvaluate];
    case 'mail':
    case 'trace':
      return [];
  }
}
