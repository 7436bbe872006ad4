import { z } from 'zod';
import type { Fault, UndoMethod } from './fault.ts';
import { checkPrecondition, observeHostBack, observeNoAnswer, stateOf } from './host-fault.ts';

export const hostFreezeUndo = z.strictObject({
  kind: z.literal('host-freeze'),
  host: z.string(),
  answeredBefore: z.boolean(),
});

type HostFreezeUndo = z.infer<typeof hostFreezeUndo>;

/** Pauses all processes of a host while the kernel keeps their connections open. TCP health checks do not detect this fault. */
export function hostFreeze(host: string): Fault<HostFreezeUndo> {
  return {
    kind: 'host-freeze',
    description: `${host} freezes`,
    targets: [host],
    plan: async (world) => {
      const { answeredBefore } = await checkPrecondition(world, host);
      return { kind: 'host-freeze', host, answeredBefore };
    },
    inject: (world) => world.hosts.pause(host),
    probeEffect: async (world, undo) => {
      const state = await stateOf(world, host);
      if (!state.paused) return { seen: false, text: `${host} is not frozen` };
      const noAnswer = await observeNoAnswer(world, undo);
      return { seen: noAnswer.seen, text: `every process of ${host} is frozen; ${noAnswer.text}` };
    },
  };
}

export const undoHostFreeze: UndoMethod<HostFreezeUndo> = {
  undo: (world, undo) => world.hosts.unpause(undo.host),
  probeClear: (world, undo) => observeHostBack(world, undo.host),
};
