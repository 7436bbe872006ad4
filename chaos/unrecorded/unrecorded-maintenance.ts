import { hostsOf, type Topology } from '../../deploy/model/topology.ts';
import type { Hosts, HostState } from '../../kit/hosts.ts';
import type { UnrecordedFault } from './unrecorded-fault.ts';
import { isAwake } from './unrecorded-proxies.ts';

/** Routes whose servers nobody but a person takes out; those of the databases are the failover agent's. */
const ROUTES: readonly string[] = ['web', 'app-pool', 'cache'];
/** HAProxy's `srv_admin_state`: set to maintenance or to drain by an order (its management guide, "show servers state"). */
const MAINTENANCE = 0x01;
const DRAIN = 0x08;
const COMMAND = ['sh', '-c', 'echo "show servers state" | socat - /run/haproxy/admin.sock'];

/** Servers that somebody took out of HAProxy. They are named only: who did it may be working on that host. */
export async function findUnrecordedMaintenance(
  topology: Topology,
  hosts: Hosts,
  states: ReadonlyMap<string, HostState>,
): Promise<readonly UnrecordedFault[]> {
  const balancers = hostsOf(topology, 'lb').filter(({ name }) => isAwake(states.get(name)));
  const enabled = new Set(topology.hosts.filter((host) => host.enabled).map(({ name }) => name));
  const found = await Promise.all(
    balancers.map(async ({ name }) => {
      const { code, stdout } = await hosts.exec(name, COMMAND).catch(() => ({ code: 1, stdout: '' }));
      if (code !== 0) return [];
      return parseMaintenance(stdout)
        .filter(({ server }) => enabled.has(server.replace(/-alone$/, '')))
        .map(({ route, server, how }) => ({
          host: name,
          text: `HAProxy has the server ${route}/${server} in ${how}`,
          fix: `Put it back: echo "set server ${route}/${server} state ready" to /run/haproxy/admin.sock of ${name}.`,
        }));
    }),
  );
  return found.flat();
}

/** Reads `show servers state`: the second column is the backend, the fourth the server, the seventh its administrative state. */
export function parseMaintenance(
  text: string,
): readonly { readonly route: string; readonly server: string; readonly how: 'maintenance' | 'drain' }[] {
  return text.split('\n').flatMap((line) => {
    const [, route = '', , server = '', , , admin = ''] = line.split(' ');
    const flags = Number.parseInt(admin, 10);
    if (!ROUTES.includes(route) || (flags & (MAINTENANCE | DRAIN)) === 0) return [];
    return [{ route, server, how: (flags & MAINTENANCE) === 0 ? 'drain' : 'maintenance' } as const];
  });
}
