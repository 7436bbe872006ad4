import { z } from 'zod';
import type { Fault, UndoMethod } from './fault.ts';
import { lookBefore, observeHostBack, observeSilence, stateOf } from './host-fault.ts';

export const hostFreezeUndo = z.strictObject({
  kind: z.literal('host-freeze'),
  host: z.string(),
  answeredBefore: z.boolean(),
});

type HostFreezeUndo = z.infer<typeof hostFreezeUndo>;

/** No process of a host is scheduled any more, while its kernel keeps all connections open: the fault that TCP checks miss. */
export function hostFreeze(host: string): Fault<HostFreezeUndo> {
  return {
    kind: 'host-freeze',
    description: `${host} freezes`,
    targets: [host],
    plan: async (world) => {
      const { answeredBefore } = await lookBefore(world, host);
      return { kind: 'host-freeze', host, answeredBefore };
    },
    inject: (world) => world.hosts.pause(host),
    probeEffect: async (world, undo) => {
      const state = await stateOf(world, host);
      if (!state.paused) return { seen: false, text: `${host} is not frozen` };
      const silence = await observeSilence(world, undo);
      return { seen: silence.seen, text: `every process of ${host} is frozen; ${silence.text}` };
    },
  };
}

export const undoHostFreeze: UndoMethod<HostFreezeUndo> = {
  undo: (world, undo) => world.hosts.unpause(undo.host),
  probeClear: (world, undo) => observeHostBack(world, undo.host),
};
