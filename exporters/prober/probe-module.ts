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
  /** Name → target. */
  readonly targets: ReadonlyMap<string, T>;
  /** Its signal aborts at the deadline, and when no client waits for the response any more. */
  readonly probe: (target: T, limit: ProbeLimit) => Promise<ProbeResult>;
  /** Sends the span of a probe; never rejects. */
  readonly sendSpan?: (span: ClientSpan) => Promise<void>;
  readonly log: Log;
}

/** A module that runs one probe per scrape. Its samples are those of the probe only; Prometheus' `up` shows whether the exporter works. */
export function makeProbeModule<T>(options: ProbeModuleOptions<T>): Module {
  const { name, metrics, targets, probe, sendSpan, log } = options;
  const report = makeFailureLog(log, { fails: 'probe fails', works: 'probe succeeds again' });
  return {
    name,
    targets: [...targets.keys()],
    async probe(target, { deadlineMs, format, signal }) {
      const at = targets.get(target);
      if (at === undefined) throw new Error(`${name} has no target ${target}`);
      using limit = openDeadline(deadlineMs, signal);
      const { samples, failure, span } = await probe(at, { deadlineMs, signal: limit.signal });
      // A probe that was aborted because its client disconnected is no evidence about the target.
      if (!signal.aborted) {
        report({ module: name, target }, failure);
        if (span !== undefined) void sendSpan?.(span);
      }
      return renderSamples(samples, metrics, format);
    },
  };
}
