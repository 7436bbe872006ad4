import type { Metric } from '../catalog/metric.ts';
import type { Sample } from './exporter.ts';

/** The samples of one scrape. */
export interface SampleStore {
  /** Throws for a metric or a label that the exporter does not declare. A series that comes again replaces the one before. */
  readonly emit: (sample: Sample) => void;
  /** Of the scrape itself: always taken. */
  readonly emitOwn: (sample: Sample) => void;
  /** How many series were left out. */
  readonly dropped: number;
  readonly samples: () => readonly Sample[];
}

export function makeSampleStore(metrics: Readonly<Record<string, Metric>>, maxSeries: number): SampleStore {
  const kept = new Map<string, Sample>();
  const own: Sample[] = [];
  let dropped = 0;
  return {
    emit(sample) {
      const metric = metrics[sample.name];
      if (metric === undefined) throw new Error(`${sample.name} is not among the metrics of this exporter`);
      const key = keyOf(sample, metric);
      if (!kept.has(key) && kept.size >= maxSeries) dropped += 1;
      else kept.set(key, sample);
    },
    emitOwn(sample) {
      own.push(sample);
    },
    get dropped() {
      return dropped;
    },
    samples: () => [...kept.values(), ...own],
  };
}

function keyOf({ name, labels = {} }: Sample, metric: Metric): string {
  const given = Object.keys(labels);
  const declared = Object.keys(metric.labels);
  if (given.length !== declared.length || given.some((label) => !(label in metric.labels))) {
    throw new Error(`${name} has the labels ${declared.join(', ') || 'none'}, not ${given.join(', ') || 'none'}`);
  }
  return JSON.stringify([name, ...declared.map((label) => labels[label])]);
}
