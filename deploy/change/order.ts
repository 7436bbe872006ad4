import { isHealthy } from '../../kit/hosts.ts';
import { readDrains } from './drains.ts';
import { findCachePrimary } from '../observe/cache-replication.ts';
import { readDbGroup } from '../observe/db-group.ts';
import type { StackContext } from '../observe/observation.ts';
import { findHolders } from '../observe/virtual-address.ts';
import { TIER_NAMES, type Host, type Tier } from '../model/topology.ts';

/**
 * The order in which a roll changes the tiers: monitoring first, so that it observes the rest with its new rules; then from the data to the
 * clients, so that a tier finds what it needs in the tiers behind it.
 */
const RANK: Readonly<Record<Tier, number>> = {
  trace: 1,
  mail: 2,
  monitor: 3,
  cache: 4,
  db: 5,
  app: 6,
  web: 7,
  lb: 8,
  edge: 9,
};

export const TIER_ORDER: readonly Tier[] = TIER_NAMES.toSorted((one, other) => RANK[one] - RANK[other]);

/**
 * The hosts of a tier in the order in which a roll changes them. Unhealthy ones, and those that an interrupted change drained, are first. Last is the one
 * whose replacement causes a failover: the primary of the database or of the cache, or the holder of a virtual IP. Query again after each host, because a failover moves the role.
 */
export async function orderHosts(context: StackContext, tier: Tier, hosts: readonly Host[]): Promise<readonly Host[]> {
  const last = await findLast(context, tier);
  const [states, drains] = await Promise.all([context.hosts.list(), readDrains(context.topology)]);
  const rank = ({ name }: Host): number => {
    if (!isHealthy(states.get(name)) || drains.get(name)?.kind === 'change') return 0;
    return last.includes(name) ? 2 : 1;
  };
  return hosts.toSorted((one, other) => rank(one) - rank(other));
}

async function findLast(context: StackContext, tier: Tier): Promise<readonly string[]> {
  const { topology } = context;
  if (tier === 'lb') {
    const addresses = Object.values(topology.virtualAddresses).map(({ address }) => address);
    return (await Promise.all(addresses.map((address) => findHolders(context, address)))).flat();
  }
  if (tier === 'cache') {
    const primary = await findCachePrimary(context);
    return primary === undefined ? [] : [primary];
  }
  if (tier !== 'db') return [];
  const { primary } = await readDbGroup(topology);
  return primary === undefined ? [] : [primary];
}
