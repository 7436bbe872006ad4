import type { StackContext } from './observation.ts';
import { addressOn, hostsOf, PORTS, type Host } from '../model/topology.ts';
import { fetchText } from './http.ts';
import { readSamples } from './metrics-text.ts';

/** The servers of a backend that one load balancer sends requests to. */
export async function readUpServers(lb: Host, backend: string): Promise<readonly string[]> {
  const text = await fetchText(`http://${addressOn(lb, 'ops')}:${PORTS.haproxyStats}/metrics`);
  return readSamples(text, 'haproxy_server_status')
    .filter(({ labels, value }) => labels['proxy'] === backend && labels['state'] === 'UP' && value === 1)
    .map(({ labels }) => labels['server'] ?? '');
}

/** Whether every load balancer sends requests to every one of `servers`. */
export async function observeServersUp(
  world: StackContext,
  backend: string,
  servers: readonly string[],
): Promise<{ readonly seen: boolean; readonly text: string }> {
  const views = await Promise.all(
    hostsOf(world.topology, 'lb').map(async (lb) => {
      const up = await readUpServers(lb, backend);
      return { lb: lb.name, missing: servers.filter((server) => !up.includes(server)) };
    }),
  );
  const without = views.filter(({ missing }) => missing.length > 0);
  return {
    seen: without.length === 0,
    text:
      without.length === 0
        ? `${servers.join(', ')} in ${backend} of every load balancer`
        : without.map(({ lb, missing }) => `${lb} has no ${missing.join(', ')} in ${backend}`).join('; '),
  };
}
