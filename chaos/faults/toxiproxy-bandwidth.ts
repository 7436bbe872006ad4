import type { Fault } from './fault.ts';
import { probeDependency } from './probe-dependency.ts';
import type { DependencyOf } from './proxy-target.ts';
import { describeWhere, toxicFault, type ToxicUndo } from './toxic-fault.ts';

/** Long enough that a narrow line shows, short enough for every server's limit on one request. */
const REQUEST_BYTES = 6_000;

/**
 * The line to a dependency carries `kilobytesPerSecond` on each connection, on the way there. Shown by a long request whose
 * answer comes late; MySQL speaks first and takes no such request, so it cannot be shown there.
 */
export function toxiproxyBandwidth(where: DependencyOf, kilobytesPerSecond: number): Fault<ToxicUndo> {
  const expectedMs = REQUEST_BYTES / kilobytesPerSecond;
  return toxicFault({
    kind: 'toxiproxy-bandwidth',
    description: `${describeWhere(where)} is reached with ${kilobytesPerSecond} kB/s`,
    toxic: { type: 'bandwidth', stream: 'upstream', attributes: { rate: kilobytesPerSecond } },
    where,
    requestBytes: REQUEST_BYTES,
    look: async (world, target) => {
      const probe = { ...target, requestBytes: REQUEST_BYTES, timeoutMs: expectedMs * 2 + 2_000 };
      const reply = await probeDependency(world, probe);
      return {
        seen: reply.outcome === 'answered' && reply.ms - target.baselineMs >= expectedMs * 0.7,
        text: `answer to ${REQUEST_BYTES} bytes after ${target.baselineMs.toFixed(1)} ms before, ${reply.ms.toFixed(1)} ms now`,
      };
    },
  });
}
