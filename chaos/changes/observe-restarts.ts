import type { Host } from '../../deploy/model/topology.ts';
import type { Observation, StackContext } from '../../deploy/observe/observation.ts';
import type { HostState } from '../../kit/hosts.ts';

type States = ReadonlyMap<string, HostState>;

/** Whether the containers of all hosts started between two lists of the engine, and run. */
export function observeRestarted(before: States, after: States, hosts: readonly Host[]): Observation {
  const old = hosts.filter(({ name }) => {
    const state = after.get(name);
    return state?.running !== true || state.startedAt === before.get(name)?.startedAt;
  });
  if (old.length > 0) return { seen: false, text: `not restarted: ${old.map(({ name }) => name).join(', ')}` };
  const started = hosts.map(({ name }) => `${name} at ${after.get(name)?.startedAt.slice(11, 19) ?? ''}`);
  return { seen: true, text: `started: ${started.join(', ')}` };
}

/** The latest start of a process of a program on each host, in clock ticks since the boot of the machine. */
export type NewestProcesses = ReadonlyMap<string, number>;

/** Reads `/proc` of each host: a reload starts a new process of the same program. */
export async function newestProcesses(
  { hosts: engine }: StackContext,
  hosts: readonly Host[],
  program: string,
): Promise<NewestProcesses> {
  const script = `cat /proc/[0-9]*/stat 2>/dev/null | awk -v name="(${program})" '$2 == name && $22 > newest { newest = $22 } END { print newest + 0 }'`;
  const found = await Promise.all(
    hosts.map(async ({ name }) => {
      const ticks = Number((await engine.exec(name, ['sh', '-c', script])).stdout);
      // Without a process before, any later one would prove a reload.
      if (!(ticks > 0)) throw new Error(`no process of ${program} was found on ${name}`);
      return [name, ticks] as const;
    }),
  );
  return new Map(found);
}

/** Whether every host has a process that started later than all before. */
export function observeNewProcesses(before: NewestProcesses, after: NewestProcesses, program: string): Observation {
  const old = [...before].filter(([host, ticks]) => (after.get(host) ?? 0) <= ticks).map(([host]) => host);
  return {
    seen: old.length === 0,
    text:
      old.length === 0
        ? `new ${program} processes on ${[...before.keys()].join(', ')}`
        : `no new ${program} process on ${old.join(', ')}`,
  };
}
