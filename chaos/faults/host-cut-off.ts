import { z } from 'zod';
import { attachmentsOf } from '../../deploy/model/network-attachments.ts';
import type { Fault, UndoMethod } from './fault.ts';
import { lookBefore, modelOf, observeHostBack, observeSilence, stateOf } from './host-fault.ts';

export const hostCutOffUndo = z.strictObject({
  kind: z.literal('host-cut-off'),
  host: z.string(),
  answeredBefore: z.boolean(),
  /** Every cable that was plugged in, and the address on it. */
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

/** All cables of a host are pulled: it goes on running, and neither hears nor is heard. Undone with the same addresses. */
export function hostCutOff(host: string): Fault<HostCutOffUndo> {
  return {
    kind: 'host-cut-off',
    description: `${host} is cut off from every network`,
    targets: [host],
    plan: async (world) => {
      const { answeredBefore } = await lookBefore(world, host);
      // The model's addresses, not the present ones: a leg that an earlier accident pulled comes back too.
      const legs = attachmentsOf(modelOf(world, host), world.topology.profile).map((leg) => ({ ...leg }));
      return { kind: 'host-cut-off', host, answeredBefore, legs };
    },
    inject: async (world, undo) => {
      await Promise.all(undo.legs.map((leg) => world.hosts.disconnect(host, leg.network)));
    },
    probeEffect: async (world, undo) => {
      const { networks, running } = await stateOf(world, host);
      const left = Object.keys(networks);
      if (left.length > 0) return { seen: false, text: `${host} is still connected to ${left.join(', ')}` };
      const silence = await observeSilence(world, undo);
      return {
        seen: running && silence.seen,
        text: `${host} ${running ? 'runs' : 'does not run'} and has no network left of ${undo.legs.length}; ${silence.text}`,
      };
    },
  };
}

export const undoHostCutOff: UndoMethod<HostCutOffUndo> = {
  undo: async (world, undo) => {
    for (const leg of undo.legs) await world.hosts.connect(undo.host, leg);
  },
  probeClear: (world, undo) => observeHostBack(world, undo.host),
};
