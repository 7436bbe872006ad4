import { haproxyCommand } from '../../deploy/model/haproxy-command.ts';
import { hostsOf, type Topology } from '../../deploy/model/topology.ts';
import { parseServerStates } from '../../kit/haproxy-server-states.ts';
import type { Hosts, HostState } from '../../kit/hosts.ts';
import { readDrains } from '../../deploy/change/drains.ts';
import type { UnrecordedFault } from './unrecorded-fault.ts';
import { isRunning } from './unrecorded-proxies.ts';

/** Routes whose servers only operators take out of service. For the databases, the role agents do that. */
const ROUTES: readonly string[] = ['web', 'app-pool', 'cache'];
const COMMAND = haproxyCommand('show servers state');

/**
 * Servers that a command took out of service in HAProxy. They are only reported, because an operator may be working on that host. Those of
 * `holdfast drain` are left out.
 */
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
      return parseMaintenance(stdout)
        .filter(({ server }) => enabled.has(server.replace(/-alone$/, '')))
        .filter(({ server }) => drains.get(server)?.kind !== 'operator')
        .map(({ route, server, how }) => ({
          host: name,
          text: `HAProxy has the server ${route}/${server} in ${how}`,
          fix: drains.has(server)
            ? 'A change drained it. If none is running, `./holdfast up` returns the server.'
            : `Return it: echo "set server ${route}/${server} state ready" to /run/haproxy/admin.sock of ${name}.`,
        }));
    }),
  );
  return found.flat();
}

interface ServerOut {
  readonly route: string;
  readonly server: string;
  readonly how: 'maintenance' | 'drain';
}

/** Reads the reply to `show servers state`. */
export function parseMaintenance(text: string): readonly ServerOut[] {
  return parseServerStates(text)
    .filter(({ backend }) => ROUTES.includes(backend))
    .filter(({ isDrained, isInMaintenanceByCommand }) => isDrained || isInMaintenanceByCommand)
    .map(({ backend: route, server, isInMaintenanceByCommand }) => ({
      ...{ route, server },
      how: isInMaintenanceByCommand ? 'maintenance' : 'drain',
    }));
}
