import type { Metric } from '../catalog/metric.ts';
import type { Log, Module } from '../kit/probe-server.ts';
import { renderSamples } from '../kit/render-samples.ts';
import type { ProbeResult } from './probe-hop.ts';

interface ProbeModuleOptions<T> {
  readonly name: string;
  readonly metrics: Readonly<Record<string, Metric>>;
  /** Name → what is asked. */
  readonly targets: ReadonlyMap<string, T>;
  readonly probe: (target: T, deadlineMs: number) => Promise<ProbeResult>;
  readonly log: Log;
}

/** A module whose every look is one probe: what is found out is the whole answer, and whether the exporter works is told by `up`. */
export function makeProbeModule<T>({ name, metrics, targets, probe, log }: ProbeModuleOptions<T>): Module {
  const failures = new Map<string, string>();
  return {
    name,
    targets: [...targets.keys()],
    async probe(target, { deadlineMs, format }) {
      const at = targets.get(target);
      if (at === undefined) throw new Error(`${name} has no target ${target}`);
      const { samples, failure } = await probe(at, deadlineMs);
      tell(target, failure);
      return renderSamples(samples, metrics, format);
    },
  };

  /** The first failure and the end of all: a hop that is away is one event, however often it is asked. */
  function tell(target: string, failure: string | undefined): void {
    const before = failures.get(target);
    if (failure === undefined) failures.delete(target);
    else failures.set(target, failure);
    if (failure !== undefined && before === undefined) log('probe fails', { module: name, target, failure });
    if (failure === undefined && before !== undefined) log('probe succeeds again', { module: name, target });
  }
}
