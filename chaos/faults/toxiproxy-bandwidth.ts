import type { Fault } from './fault.ts';
import { probeDependency } from './probe-dependency.ts';
import type { DependencyOf } from './proxy-target.ts';
import { describeWhere, toxicFault, type ToxicUndo } from './toxic-fault.ts';

/** Large enough to measure the limit, small enough for every server's request limit. */
const REQUEST_BYTES = 6_000;

/**
 * Limits each connection to a dependency to `kilobytesPerSecond`, upstream only. The effect probe sends a large request and expects
 * a late response. A MySQL server accepts no such request, so the effect cannot be proven there.
 */
export function toxiproxyBandwidth(where: DependencyOf, kilobytesPerSecond: number): Fault<ToxicUndo> {
  const expectedMs = REQUEST_BYTES / kilobytesPerSecond;
  return toxicFault({
    kind: 'toxiproxy-bandwidth',
    description: `${describeWhere(where)} is reached with ${kilobytesPerSecond} kB/s`,
    toxic: { type: 'bandwidth', stream: 'upstream', attributes: { rate: kilobytesPerSecond } },
    where,
    requestBytes: REQUEST_BYTES,
    probe: async (world, target) => {
      const probe = { ...target, requestBytes: REQUEST_BYTES, timeoutMs: expectedMs * 2 + 2_000 };
      const reply = await probeDependency(world, probe);
      return {
        seen: reply.outcome === 'answered' && reply.ms - target.baselineMs >= expectedMs * 0.7,
        text: `answer to ${REQUEST_BYTES} bytes after ${target.baselineMs.toFixed(1)} ms before, ${reply.ms.toFixed(1)} ms now`,
      };
    },
  });
}
