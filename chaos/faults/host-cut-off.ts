import { z } from 'zod';
import { attachmentsOf } from '../../deploy/model/network-attachments.ts';
import type { Fault, UndoMethod } from './fault.ts';
import { checkPrecondition, modelOf, observeHostBack, observeNoAnswer, stateOf } from './host-fault.ts';

export const hostCutOffUndo = z.strictObject({
  kind: z.literal('host-cut-off'),
  host: z.string(),
  answeredBefore: z.boolean(),
  /** Every network attachment of the host, with its address. */
  legs: z
    .array(
      z.strictObject({
        network: z.string(),
        address: z.string(),
        options: z.record(z.string(), z.string()).default({}),
      }),
    )
    .min(1),
});

type HostCutOffUndo = z.infer<typeof hostCutOffUndo>;

/** Disconnects a host from all networks while it keeps running. Reverted with the same addresses. */
export function hostCutOff(host: string): Fault<HostCutOffUndo> {
  return {
    kind: 'host-cut-off',
    description: `${host} is cut off from every network`,
    targets: [host],
    plan: async (world) => {
      const { answeredBefore } = await checkPrecondition(world, host);
      // From the topology, not from the current state: a network that was disconnected before is reconnected, too.
      const legs = attachmentsOf(modelOf(world, host), world.topology.profile).map((attachment) => ({ ...attachment }));
      return { kind: 'host-cut-off', host, answeredBefore, legs };
    },
    inject: async (world, undo) => {
      await Promise.all(undo.legs.map((attachment) => world.hosts.disconnect(host, attachment.network)));
    },
    probeEffect: async (world, undo) => {
      const { networks, running } = await stateOf(world, host);
      const left = Object.keys(networks);
      if (left.length > 0) return { seen: false, text: `${host} is still connected to ${left.join(', ')}` };
      const noAnswer = await observeNoAnswer(world, undo);
      return {
        seen: running && noAnswer.seen,
        text: `${host} ${running ? 'runs' : 'does not run'} and has no network left of ${undo.legs.length}; ${noAnswer.text}`,
      };
    },
  };
}

export const undoHostCutOff: UndoMethod<HostCutOffUndo> = {
  undo: async (world, undo) => {
    for (const attachment of undo.legs) await world.hosts.connect(undo.host, attachment);
  },
  probeClear: (world, undo) => observeHostBack(world, undo.host),
};
