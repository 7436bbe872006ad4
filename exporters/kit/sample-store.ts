import type { Metric } from '../catalog/metric.ts';
import type { Sample } from './exporter.ts';

/** The samples of one scrape. */
export interface SampleStore {
  /** Throws for a metric or a label that the exporter does not declare. A repeated series replaces the previous sample. */
  readonly emit: (sample: Sample) => void;
  /** For samples about the scrape itself, which do not count towards the limit. */
  readonly emitOwn: (sample: Sample) => void;
  /** Number of series that were dropped. */
  readonly dropped: number;
  readonly samples: () => readonly Sample[];
}

export function makeSampleStore(metrics: Readonly<Record<string, Metric>>, maxSeries: number): SampleStore {
  const kept = new Map<string, Sample>();
  const own: Sample[] = [];
  let series = 0;
  let dropped = 0;
  return {
    emit(sample) {
      const metric = metrics[sample.name];
      if (metric === undefined) throw new Error(`${sample.name} is not declared by this exporter`);
      if ((sample.histogram !== undefined) !== (metric.type === 'histogram'))
        throw new Error(`${sample.name} is a ${metric.type}, but the sample is not`);
      const key = keyOf(sample, metric);
      const size = seriesIn(sample);
      if (!kept.has(key) && series + size > maxSeries) {
        dropped += size;
        return;
      }
      if (!kept.has(key)) series += size;
      kept.set(key, sample);
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

/** A histogram has one series per bucket, the sum and the count. */
function seriesIn({ histogram }: Sample): number {
  return histogram === undefined ? 1 : histogram.counts.length + 2;
}

function keyOf({ name, labels = {} }: Sample, metric: Metric): string {
  const given = Object.keys(labels);
  const declared = Object.keys(metric.labels);
  if (given.length !== declared.length || given.some((label) => !(label in metric.labels))) {
    throw new Error(`${name} has the labels ${declared.join(', ') || 'none'}, not ${given.join(', ') || 'none'}`);
  }
  return JSON.stringify([name, ...declared.map((label) => labels[label])]);
}
