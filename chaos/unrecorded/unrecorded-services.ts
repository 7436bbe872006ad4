import { readDrains } from '../../deploy/change/drains.ts';
import { hostsOf } from '../../deploy/model/topology.ts';
import type { StackContext } from '../../deploy/observe/observation.ts';
import { HoldfastError } from '../../kit/errors.ts';
import type { Hosts, HostState } from '../../kit/hosts.ts';
import type { Undo } from '../faults/undo.ts';
import { REMOVE_ALL, type UnrecordedFault } from './unrecorded-fault.ts';
import { isRunning } from './unrecorded-proxies.ts';

/** Prints one line per service: its folder, and whether it is wanted up, is normally up, and is paused by a signal. */
const LIST = 'for one in /etc/s6/*/; do echo "$(basename $one) $(s6-svstat -o wantedup,normallyup,paused $one)"; done';

/** Services that were stopped by a command to their supervisor, or paused by a signal. Alerts cover services that fail. */
export async function findUnrecordedServices(
  { topology, hosts }: StackContext,
  states: ReadonlyMap<string, HostState>,
  recorded: readonly Undo[],
): Promise<readonly UnrecordedFault[]> {
  const runningHosts = [...states.values()].filter(isRunning);
  const edges = new Set(hostsOf(topology, 'edge').map(({ name }) => name));
  const drains = await readDrains(topology);
  // A drained edge does not listen. `status` shows the drain.
  const isDrained = (host: string, { name }: Service): boolean =>
    name === 'haproxy' && edges.has(host) && drains.has(host);
  const found = await Promise.all(
    runningHosts.map(async ({ host }) => {
      const { code, stdout } = await hosts.exec(host, ['sh', '-c', LIST]).catch(() => ({ code: 1, stdout: '' }));
      if (code !== 0) return [];
      return parseServices(stdout)
        .filter((service) => !recorded.some((undo) => isOfService(undo, host, service.name)))
        .filter((service) => !isDrained(host, service))
        .map((service) => stopped(hosts, host, service));
    }),
  );
  return found.flat();
}

interface Service {
  readonly name: string;
  readonly isPaused: boolean;
}

/** The services that are paused, or down although they are normally up. */
export function parseServices(text: string): readonly Service[] {
  return text.split('\n').flatMap((line) => {
    const [name = '', wanted, normal, paused] = line.split(' ');
    const isLeftDown = wanted === 'false' && normal === 'true' && !ONE_SHOTS.has(name);
    return isLeftDown || paused === 'true' ? [{ name, isPaused: paused === 'true' }] : [];
  });
}

/** Run once at the boot of their host. */
const ONE_SHOTS: ReadonlySet<string> = new Set(['migrate']);

function isOfService(undo: Undo, host: string, service: string): boolean {
  return 'service' in undo && undo.host === host && undo.service === service;
}

function stopped(hosts: Hosts, host: string, { name, isPaused }: Service): UnrecordedFault {
  return {
    ...{ host, text: `the service ${name} is ${isPaused ? 'paused' : 'stopped by an order'}`, fix: REMOVE_ALL },
    remove: async () => {
      const { code, stderr } = await hosts.exec(host, ['s6-svc', isPaused ? '-c' : '-u', `/etc/s6/${name}`]);
      if (code !== 0) throw new HoldfastError('heal-failed', `${name} on ${host}: ${stderr.trim()}`);
    },
  };
}
