import { addressOn, type Host, type RouteName, type Topology } from '../../model/topology.ts';

/** The addresses of a route as `address:port`: the virtual IP, and the host's own address on the same network. */
export function bindsOf(topology: Topology, host: Host, name: RouteName): readonly string[] {
  const route = topology.routes[name];
  const virtual = topology.virtualAddresses[route.virtualAddress];
  return [virtual.address, addressOn(host, virtual.network)].map((address) => `${address}:${route.port}`);
}
