import type { Topology } from '../../deploy/model/topology.ts';
import type { HostState } from '../../kit/hosts.ts';
import type { UnrecordedFault } from './unrecorded-fault.ts';

const MIB = 1024 * 1024;

/** Hosts whose CPU or memory limits were changed after their creation. */
export function findUnrecordedLimits(
  topology: Topology,
  states: ReadonlyMap<string, HostState>,
): readonly UnrecordedFault[] {
  return topology.hosts.flatMap(({ name, memoryMiB }) => {
    const limits = states.get(name)?.limits;
    if (limits === undefined) return [];
    const fix = `Make the host again: \`docker rm --force holdfast-${name}\`, then \`./holdfast up\`.`;
    const { cpus, memoryBytes } = limits;
    return [
      ...(cpus === undefined ? [] : [{ host: name, text: `it is limited to ${cpus} processors`, fix }]),
      ...(memoryBytes === memoryMiB * MIB
        ? []
        : [{ host: name, text: `its memory is ${Math.round(memoryBytes / MIB)} MiB, not ${memoryMiB} MiB`, fix }]),
    ];
  });
}
