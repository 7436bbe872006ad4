import type { Fault } from './fault.ts';
import { probeDependency } from './probe-dependency.ts';
import type { DependencyOf } from './proxy-target.ts';
import { describeWhere, toxicFault, type ToxicUndo } from './toxic-fault.ts';

/** A dependency accepts connections and sends nothing. They are closed after `timeoutMs`; with 0, never. */
export function toxiproxyTimeout(where: DependencyOf, timeoutMs: number): Fault<ToxicUndo> {
  return toxicFault({
    kind: 'toxiproxy-timeout',
    description: `${describeWhere(where)} is silent`,
    toxic: { type: 'timeout', stream: 'downstream', attributes: { timeout: timeoutMs } },
    where,
    probe: async (world, target) => {
      const reply = await probeDependency(world, { ...target, timeoutMs: 1_000 });
      return {
        seen: reply.outcome === 'silent' || (reply.outcome === 'closed' && timeoutMs > 0),
        text: `connected, then ${reply.outcome} for ${reply.ms.toFixed(0)} ms (before: first byte after ${target.baselineMs.toFixed(1)} ms)`,
      };
    },
  });
}
