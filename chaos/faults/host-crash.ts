import { z } from 'zod';
import type { Fault, UndoMethod } from './fault.ts';
import { lookBefore, observeHostBack, observeSilence, stateOf } from './host-fault.ts';

export const hostCrashUndo = z.strictObject({
  kind: z.literal('host-crash'),
  host: z.string(),
  answeredBefore: z.boolean(),
  /** Process id of the host's init before the crash. */
  initPid: z.int(),
  startedAt: z.string(),
});

type HostCrashUndo = z.infer<typeof hostCrashUndo>;

/** The power of a host fails: everything on it is gone at once, nothing is stopped in order. Undone by switching it on. */
export function hostCrash(host: string): Fault<HostCrashUndo> {
  return {
    kind: 'host-crash',
    description: `${host} crashes`,
    targets: [host],
    plan: async (world) => {
      const { state, answeredBefore } = await lookBefore(world, host);
      return { kind: 'host-crash', host, answeredBefore, initPid: state.pid, startedAt: state.startedAt };
    },
    inject: (world) => world.hosts.kill(host),
    probeEffect: async (world, undo) => {
      const state = await stateOf(world, host);
      if (state.running) return { seen: false, text: `${host} still runs` };
      const silence = await observeSilence(world, undo);
      return { seen: silence.seen, text: `the init of ${host} (pid ${undo.initPid}) is gone; ${silence.text}` };
    },
  };
}

export const undoHostCrash: UndoMethod<HostCrashUndo> = {
  undo: (world, undo) => world.hosts.start(undo.host),
  probeClear: (world, undo) => observeHostBack(world, undo.host),
};
