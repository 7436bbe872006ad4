import type { Fault } from './fault.ts';
import { probeDependency } from './probe-dependency.ts';
import type { DependencyOf } from './proxy-target.ts';
import { describeWhere, toxicFault, type ToxicUndo } from './toxic-fault.ts';

/** A dependency resets every connection at its first byte. */
export function toxiproxyReset(where: DependencyOf): Fault<ToxicUndo> {
  return toxicFault({
    kind: 'toxiproxy-reset',
    description: `${describeWhere(where)} resets every connection`,
    toxic: { type: 'reset_peer', stream: 'downstream', attributes: { timeout: 0 } },
    where,
    probe: async (world, target) => {
      const reply = await probeDependency(world, { ...target, timeoutMs: 1_000 });
      return {
        seen: reply.outcome === 'closed',
        text: `connected, then ${reply.outcome} after ${reply.ms.toFixed(1)} ms`,
      };
    },
  });
}
