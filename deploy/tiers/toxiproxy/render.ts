import { restart, type RenderedFile } from '../../model/rendered-file.ts';
import { addressOn, dependenciesOf, PORTS, routeAddress, type Host, type Topology } from '../../model/topology.ts';

/**
 * Toxiproxy on a consumer's own host: one proxy per dependency of its tier, from loopback to the route's virtual IP.
 * Without Toxiproxy, or on a host without dependencies, there is no file, and the service stays down.
 */
export function renderToxiproxy(topology: Topology, host: Host): readonly RenderedFile[] {
  const dependencies = dependenciesOf(topology, host.tier);
  if (!topology.toxiproxy || dependencies.length === 0) return [];
  const proxies = dependencies.map(({ name, route, proxyPort }) => {
    const upstream = routeAddress(topology, route);
    return { name, listen: `127.0.0.1:${proxyPort}`, upstream: `${upstream.host}:${upstream.port}`, enabled: true };
  });
  return [
    { path: 'toxiproxy.json', text: `${JSON.stringify(proxies, null, 2)}\n`, onChange: restart('toxiproxy') },
    {
      path: 'toxiproxy.env',
      text: `TOXIPROXY_HOST=${addressOn(host, 'ops')}\nTOXIPROXY_PORT=${PORTS.toxiproxy}\n`,
      onChange: restart('toxiproxy'),
    },
  ];
}
