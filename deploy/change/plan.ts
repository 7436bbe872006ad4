import { openHosts, type Hosts, type HostState } from '../../kit/hosts.ts';
import { PATHS } from '../../kit/paths.ts';
import { secretsOf } from '../model/secrets.ts';
import { findDueSecrets } from '../stack/make-secrets.ts';
import type { RenderedFile, RenderedFiles } from '../model/rendered-file.ts';
import { type Host, type Tier, type Topology } from '../model/topology.ts';
import { readWantedImageIds } from '../stack/app-image.ts';
import { DEFINITION, definitionsOf } from '../stack/compose.ts';
import { filesOf, readHostFiles } from '../stack/host-files.ts';
import { decideChange, INTERRUPTED, type HostChange } from './decide-change.ts';
import { TIER_ORDER } from './order.ts';

/** The change of one host in a plan. */
export interface PlannedHost extends HostChange {
  readonly host: Host;
  /** The files that the host should have. */
  readonly files: readonly RenderedFile[];
}

/** Whether a change of the host was interrupted: it does not run, or its processes may be older than its files. */
export function isHalfChanged({ host, action, reasons }: PlannedHost): boolean {
  return host.enabled && (action === 'start' || reasons.includes(INTERRUPTED));
}

/** Compares the running stack with the topology: every host, in the order of {@link TIER_ORDER}. Changes nothing. */
export async function makePlan(
  topology: Topology,
  files: RenderedFiles,
  hosts: Hosts = openHosts(),
): Promise<readonly PlannedHost[]> {
  const [states, images, due] = await Promise.all([
    hosts.list(),
    readWantedImageIds(),
    findDueSecrets(topology, PATHS.secrets),
  ]);
  const definitions = definitionsOf(topology);
  const known = new Set(topology.hosts.map(({ name }) => name));
  const removed = [...states.values()].filter(({ host }) => !known.has(host)).map(removedHost);
  const planned = await Promise.all(
    [...topology.hosts, ...removed].map(async (host): Promise<PlannedHost> => {
      const state = states.get(host.name);
      const wantedFiles = host.enabled ? await filesOf(topology, host, files) : [];
      const change = decideChange(
        {
          container: state === undefined ? 'none' : state.running ? 'running' : 'stopped',
          imageId: state?.imageId,
          definition: state?.labels[DEFINITION],
          files: await readHostFiles(host),
        },
        {
          enabled: host.enabled,
          imageId: images.get(host.tier),
          definition: definitions.get(host.name) ?? '',
          files: wantedFiles,
          dueSecrets: secretsOf(host.tier).filter((name) => due.includes(name)),
        },
      );
      return { ...change, host, files: wantedFiles };
    }),
  );
  const rank = (tier: Tier): number => TIER_ORDER.indexOf(tier);
  return planned.toSorted((one, other) => rank(one.host.tier) - rank(other.host.tier));
}

/** A host that the topology no longer has, from the labels of its container. */
function removedHost({ host, labels }: HostState): Host {
  // The tier may have left the topology as well.
  const tier = labels['org.holdfast.tier'] as Tier;
  return { name: host, tier, enabled: false, memoryMiB: 0, addresses: {}, published: [] };
}
