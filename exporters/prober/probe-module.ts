import { openDeadline } from '../../kit/deadline.ts';
import type { Metric } from '../catalog/metric.ts';
import { makeFailureLog, type Log } from '../kit/failure-log.ts';
import type { Module } from '../kit/probe-server.ts';
import { renderSamples } from '../kit/render-samples.ts';
import type { ClientSpan } from './client-span.ts';
import type { ProbeLimit, ProbeResult } from './probe-hop.ts';

interface ProbeModuleOptions<T> {
  readonly name: string;
  readonly metrics: Readonly<Record<string, Metric>>;
  /** Name → what is asked. */
  readonly targets: ReadonlyMap<string, T>;
  /** `signal`: aborts at the deadline, and when nobody waits for the answer any more. */
  readonly probe: (target: T, limit: ProbeLimit) => Promise<ProbeResult>;
  /** Takes the spans of probes that have one; never fails. */
  readonly sendSpan?: (span: ClientSpan) => Promise<void>;
  readonly log: Log;
}

/** A module whose every look is one probe: what is found out is the whole answer, and whether the exporter works is told by `up`. */
export function makeProbeModule<T>(options: ProbeModuleOptions<T>): Module {
  const { name, metrics, targets, probe, sendSpan, log } = options;
  const tell = makeFailureLog(log, { fails: 'probe fails', works: 'probe succeeds again' });
  return {
    name,
    targets: [...targets.keys()],
    async probe(target, { deadlineMs, format, signal }) {
      const at = targets.get(target);
      if (at === undefined) throw new Error(`${name} has no target ${target}`);
      using limit = openDeadline(deadlineMs, signal);
      const { samples, failure, span } = await probe(at, { deadlineMs, signal: limit.signal });
      // What was broken off because nobody waited says nothing about the target.
      if (!signal.aborted) {
        tell({ module: name, target }, failure);
        if (span !== undefined) void sendSpan?.(span);
      }
      return renderSamples(samples, metrics, format);
    },
  };
}
