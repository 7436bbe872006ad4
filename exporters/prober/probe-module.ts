import { openDeadline } from '../../kit/deadline.ts';
import type { Metric } from '../catalog/metric.ts';
import { makeFailureLog, type Log } from '../kit/failure-log.ts';
import type { Module } from '../kit/probe-server.ts';
import { renderSamples } from '../kit/render-samples.ts';
import type { ProbeLimit, ProbeResult } from './probe-hop.ts';

interface ProbeModuleOptions<T> {
  readonly name: string;
  readonly metrics: Readonly<Record<string, Metric>>;
  /** Name → what is asked. */
  readonly targets: ReadonlyMap<string, T>;
  /** `signal`: aborts at the deadline, and when nobody waits for the answer any more. */
  readonly probe: (target: T, limit: ProbeLimit) => Promise<ProbeResult>;
  readonly log: Log;
}

/** A module whose every look is one probe: what is found out is the whole answer, and whether the exporter works is told by `up`. */
export function makeProbeModule<T>({ name, metrics, targets, probe, log }: ProbeModuleOptions<T>): Module {
  const tell = makeFailureLog(log, { fails: 'probe fails', works: 'probe succeeds again' });
  return {
    name,
    targets: [...targets.keys()],
    async probe(target, { deadlineMs, format, signal }) {
      const at = targets.get(target);
      if (at === undefined) throw new Error(`${name} has no target ${target}`);
      using limit = openDeadline(deadlineMs, signal);
      const { samples, failure } = await probe(at, { deadlineMs, signal: limit.signal });
      // What was broken off because nobody waited says nothing about the target.
      if (!signal.aborted) tell({ module: name, target }, failure);
      return renderSamples(samples, metrics, format);
    },
  };
}
