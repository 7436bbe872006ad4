import { addressOn, type Host, type RouteName, type Topology } from '../../model/topology.ts';

/** Where clients of a route connect to, as `address:port`: the virtual address, on whichever load balancer it is, and the host's own. */
export function bindsOf(topology: Topology, host: Host, name: RouteName): readonly string[] {
  const route = topology.routes[name];
  const virtual = topology.virtualAddresses[route.virtualAddress];
  return [virtual.address, addressOn(host, virtual.network)].map((address) => `${address}:${route.port}`);
}
