import { haproxyCommand } from '../../deploy/model/haproxy-command.ts';
import { hostsOf, type Topology } from '../../deploy/model/topology.ts';
import type { Hosts, HostState } from '../../kit/hosts.ts';
import { readDrains } from '../../deploy/change/drains.ts';
import type { UnrecordedFault } from './unrecorded-fault.ts';
import { isRunning } from './unrecorded-proxies.ts';

/** Routes whose servers only operators take out of service. For the databases, the failover agent does that. */
const ROUTES: readonly string[] = ['web', 'app-pool', 'cache'];
/** Bits of HAProxy's `srv_admin_state`: maintenance or drain, set by a command (its management guide, "show servers state"). */
const MAINTENANCE = 0x01;
const DRAIN = 0x08;
const COMMAND = haproxyCommand('show servers state');

/** Servers that were taken out of service in HAProxy. They are only reported, because an operator may be working on that host. */
export async function findUnrecordedMaintenance(
  topology: Topology,
  hosts: Hosts,
  states: ReadonlyMap<string, HostState>,
): Promise<readonly UnrecordedFault[]> {
  const balancers = hostsOf(topology, 'lb').filter(({ name }) => isRunning(states.get(name)));
  const enabled = new Set(topology.hosts.filter((host) => host.enabled).map(({ name }) => name));
  const drains = await readDrains(topology);
  const found = await Promise.all(
    balancers.map(async ({ name }) => {
      const { code, stdout } = await hosts.exec(name, COMMAND).catch(() => ({ code: 1, stdout: '' }));
      if (code !== 0) return [];
      return (
        parseMaintenance(stdout)
          .filter(({ server }) => enabled.has(server.replace(/-alone$/, '')))
          // `status` shows the drains of operators.
          .filter(({ server }) => drains.get(server)?.kind !== 'operator')
          .map(({ route, server, how }) => ({
            host: name,
            text: `HAProxy has the server ${route}/${server} in ${how}`,
            fix: drains.has(server)
              ? '`./holdfast up` drained it. If no `up` is running, repeat `./holdfast up`: it returns the server.'
              : `Put it back: echo "set server ${route}/${server} state ready" to /run/haproxy/admin.sock of ${name}.`,
          }))
      );
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
