import type { Fault } from './fault.ts';
import { probeDependency } from './probe-dependency.ts';
import type { DependencyOf } from './proxy-target.ts';
import { describeWhere, toxicFault, type ToxicUndo } from './toxic-fault.ts';

/** Delays every response of a dependency by `latencyMs`. */
export function toxiproxyLatency(where: DependencyOf, latencyMs: number): Fault<ToxicUndo> {
  return toxicFault({
    kind: 'toxiproxy-latency',
    description: `${describeWhere(where)} answers ${latencyMs} ms later`,
    toxic: { type: 'latency', stream: 'downstream', attributes: { latency: latencyMs, jitter: 0 } },
    where,
    probe: async (world, target) => {
      const reply = await probeDependency(world, { ...target, timeoutMs: latencyMs * 2 + 2_000 });
      const grownMs = reply.ms - target.baselineMs;
      return {
        seen: reply.outcome === 'answered' && grownMs >= latencyMs * 0.8,
        text: `first byte ${target.baselineMs.toFixed(1)} ms before, ${reply.ms.toFixed(1)} ms now (${reply.outcome})`,
      };
    },
  });
}
