import type { StackContext } from '../../deploy/observe/observation.ts';
import { z } from 'zod';
import { HoldfastError } from '../../kit/errors.ts';
import { runOnHost } from '../../kit/hosts.ts';
import type { Fault, UndoMethod } from './fault.ts';
import { observeHostBack } from './host-fault.ts';

export const processKillUndo = z.strictObject({
  kind: z.literal('process-kill'),
  host: z.string(),
  /** Name of the service's folder in `/etc/s6`. */
  service: z.string().regex(/^[a-z0-9-]+$/),
  /** Process ID inside the host, before the kill. */
  pid: z.int().positive(),
});

type ProcessKillUndo = z.infer<typeof processKillUndo>;

/** Kills one server process of a host. The host's supervisor has to restart it. */
export function processKill(host: string, service: string): Fault<ProcessKillUndo> {
  return {
    kind: 'process-kill',
    description: `the process ${service} on ${host} is killed`,
    targets: [host],
    plan: async (world) => {
      const pid = await readServicePid(world, { host, service });
      if (pid === undefined) throw new HoldfastError('stack-not-healthy', `${service} is not running on ${host}.`);
      return { kind: 'process-kill', host, service, pid };
    },
    // The supervisor is PID 1 and cannot be killed from inside; its child can. `kill` is a shell builtin: hosts have no such program.
    inject: async (world, undo) => {
      await runOnHost(world.hosts, host, ['sh', '-c', 'kill -KILL "$1"', 'sh', String(undo.pid)]);
    },
    probeEffect: async (world, undo) => {
      const pid = await readServicePid(world, undo);
      const now = pid === undefined ? 'none runs now' : `now ${pid}`;
      return { seen: pid !== undo.pid, text: `process id of ${service} on ${host}: ${undo.pid} before, ${now}` };
    },
  };
}

export const undoProcessKill: UndoMethod<ProcessKillUndo> = {
  // Only has an effect if the supervisor has stopped restarting the process.
  undo: async (world, undo) => {
    await runOnHost(world.hosts, undo.host, ['s6-svc', '-u', `/etc/s6/${undo.service}`]);
  },
  probeClear: async (world, undo) => {
    const { pid, upSeconds } = await readService(world, undo);
    if (pid === undefined) return { seen: false, text: `${undo.service} does not run on ${undo.host}` };
    const back = await observeHostBack(world, undo.host);
    return {
      seen: back.seen && upSeconds >= STAYED_UP_SECONDS,
      text: `${undo.service} runs as ${pid} since ${upSeconds} s; ${back.text}`,
    };
  },
};

/** A server that fails to start, for example because its port is in use, exits and is restarted in less time. */
const STAYED_UP_SECONDS = 4;

/** The process ID of a service inside its host, or undefined while it does not run. */
export async function readServicePid(
  world: StackContext,
  place: { readonly host: string; readonly service: string },
): Promise<number | undefined> {
  return (await readService(world, place)).pid;
}

/** State of a service as reported by the supervisor: its process ID, and its uptime in seconds, 0 while it is down. */
async function readService(
  world: StackContext,
  { host, service }: { readonly host: string; readonly service: string },
): Promise<{ readonly pid: number | undefined; readonly upSeconds: number }> {
  const stdout = await runOnHost(world.hosts, host, ['s6-svstat', '-o', 'pid,updownfor', `/etc/s6/${service}`]);
  const [pid = 0, seconds = 0] = stdout.trim().split(' ').map(Number);
  return pid > 0 ? { pid, upSeconds: seconds } : { pid: undefined, upSeconds: 0 };
}
