import { LIMITS_SWITCH } from '../../deploy/tiers/haproxy/client-limits.ts';
import { haproxyCommand } from '../../deploy/model/haproxy-command.ts';
import { hostsOf, type Topology } from '../../deploy/model/topology.ts';
import { HoldfastError } from '../../kit/errors.ts';
import type { Hosts, HostState } from '../../kit/hosts.ts';
import { REMOVE_ALL, type UnrecordedFault } from './unrecorded-fault.ts';
import { isRunning } from './unrecorded-proxies.ts';

const READ = haproxyCommand(`get var ${LIMITS_SWITCH}`);

/** Entries of the site whose limits per client address are disabled, for example by a test that was killed. */
export async function findUnrecordedClientLimits(
  topology: Topology,
  hosts: Hosts,
  states: ReadonlyMap<string, HostState>,
): Promise<readonly UnrecordedFault[]> {
  const entries = (['edge', 'lb'] as const).flatMap((tier) => hostsOf(topology, tier));
  const found = await Promise.all(
    entries
      .filter(({ name }) => isRunning(states.get(name)))
      .map(async ({ name }) => {
        const { code, stdout } = await hosts.exec(name, READ).catch(() => ({ code: 1, stdout: '' }));
        return code === 0 && isOff(stdout) ? [limitsOff(hosts, name)] : [];
      }),
  );
  return found.flat();
}

/** Reads the response to `get var`: `NAME: type=str value=<on>`. A missing response does not count as off: an alert covers a HAProxy that is down. */
export function isOff(answer: string): boolean {
  const value = /value=<(.*)>/.exec(answer)?.[1];
  return value !== undefined && value !== 'on';
}

function limitsOff(hosts: Hosts, host: string): UnrecordedFault {
  return {
    ...{ host, text: 'the limits per client address are not in force', fix: REMOVE_ALL },
    remove: async () => {
      const order = haproxyCommand(`experimental-mode on; set var ${LIMITS_SWITCH} expr str(on)`);
      const { code, stdout, stderr } = await hosts.exec(host, order);
      if (code !== 0 || stdout.trim() !== '')
        throw new HoldfastError('heal-failed', `HAProxy on ${host}: ${(stdout + stderr).trim()}`);
    },
  };
}
