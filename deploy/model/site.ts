import { hostsOf, type Topology } from './topology.ts';

/** The site's name. It is the `Host` of every request behind the first hop, and so part of the key of every cached object. */
export const SITE_HOST = 'shop.test';

/**
 * Every name and address of the site, in lower case and without a port. A request with any other `Host` gets 421 (RFC 9110, 15.5.20), so
 * that a client cannot fill the caches with invented names.
 */
export function siteNames(topology: Topology): readonly string[] {
  const entries = (['edge', 'lb'] as const).flatMap((tier) => hostsOf(topology, tier));
  return [
    SITE_HOST,
    // Published ports.
    'localhost',
    '127.0.0.1',
    topology.virtualAddresses.front.address,
    ...entries.flatMap(({ addresses }) => [addresses.front, addresses.publish].filter((one) => one !== undefined)),
  ];
}
