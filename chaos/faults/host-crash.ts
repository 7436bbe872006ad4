import { z } from 'zod';
import type { Fault, UndoMethod } from './fault.ts';
import { checkPrecondition, observeHostBack, observeNoAnswer, stateOf } from './host-fault.ts';

export const hostCrashUndo = z.strictObject({
  kind: z.literal('host-crash'),
  host: z.string(),
  answeredBefore: z.boolean(),
  /** Process id of the host's init before the crash. */
  initPid: z.int(),
  startedAt: z.string(),
});

type HostCrashUndo = z.infer<typeof hostCrashUndo>;

/** A host crashes: all its processes end at once, without a shutdown. Reverted by starting the host. */
export function hostCrash(host: string): Fault<HostCrashUndo> {
  return {
    kind: 'host-crash',
    description: `${host} crashes`,
    targets: [host],
    plan: async (world) => {
      const { state, answeredBefore } = await checkPrecondition(world, host);
      return { kind: 'host-crash', host, answeredBefore, initPid: state.pid, startedAt: state.startedAt };
    },
    inject: (world) => world.hosts.kill(host),
    probeEffect: async (world, undo) => {
      const state = await stateOf(world, host);
      if (state.running) return { seen: false, text: `${host} still runs` };
      const noAnswer = await observeNoAnswer(world, undo);
      return { seen: noAnswer.seen, text: `the init of ${host} (pid ${undo.initPid}) has exited; ${noAnswer.text}` };
    },
  };
}

export const undoHostCrash: UndoMethod<HostCrashUndo> = {
  undo: (world, undo) => world.hosts.start(undo.host),
  probeClear: (world, undo) => observeHostBack(world, undo.host),
};
