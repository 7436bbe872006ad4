import { addressOn, hostsOf, PORTS, routeAddress, type Tier, type Topology } from './topology.ts';

/** One hop of the request path. The prober requests it directly, so that redundancy cannot hide its failure. */
export interface Hop {
  /** Name of the host, or of the route if the hop is on a virtual IP. Unique. */
  readonly name: string;
  readonly tier: Tier;
  readonly ask:
    | { readonly kind: 'http'; readonly url: string }
    /** Checks that the node behind the route accepts the route's queries: writes if `writable`, otherwise reads. */
    | { readonly kind: 'mysql'; readonly host: string; readonly port: number; readonly writable: boolean };
}

/** A page rendered by the application: it needs all tiers behind a hop. */
const PAGE = '/products?page=1';

/** Every hop: edges, virtual IPs, load balancers, web and application hosts, database routes. */
export function hopsOf(topology: Topology): readonly Hop[] {
  const { http } = topology.routes;
  return [
    ...hostsOf(topology, 'edge').map((host) => httpHop(host.name, 'edge', `${addressOn(host, 'front')}:${PORTS.edge}`)),
    ...(['http', 'https'] as const).map((route): Hop => {
      const { host, port } = routeAddress(topology, route);
      return { name: route, tier: 'lb', ask: { kind: 'http', url: `${route}://${host}:${port}${PAGE}` } };
    }),
    ...hostsOf(topology, 'lb').map((host) => httpHop(host.name, 'lb', `${addressOn(host, 'front')}:${http.port}`)),
    ...hostsOf(topology, 'web').map((host) => httpHop(host.name, 'web', `${addressOn(host, 'app')}:${PORTS.nginx}`)),
    ...hostsOf(topology, 'app').map((host) => httpHop(host.name, 'app', `${addressOn(host, 'app')}:${PORTS.app}`)),
    ...(['db-write', 'db-read'] as const).map((route): Hop => ({
      name: route,
      tier: 'db',
      ask: { kind: 'mysql', ...routeAddress(topology, route), writable: route === 'db-write' },
    })),
  ];
}

function httpHop(name: string, tier: Tier, authority: string): Hop {
  return { name, tier, ask: { kind: 'http', url: `http://${authority}${PAGE}` } };
}
