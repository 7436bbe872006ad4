import type { Problem } from '../../kit/problem.ts';
import { CATALOG, type Source } from './catalog.ts';
import { TARGET_LABELS, type Metric } from './metric.ts';
import { RESERVED } from './reserved.ts';

/** Suffixes that Prometheus' naming rules require, by unit. */
const ENDINGS: Readonly<Record<Exclude<Metric['unit'], '1'>, RegExp>> = {
  seconds: /_seconds(_total)?$/,
  bytes: /_bytes(_total)?$/,
  ratio: /_ratio$/,
  percent: /_percent$/,
  timestamp: /_(timestamp|start_time)_seconds$/,
  '1 per second': /_rate$|_per_second$/,
};

/** Returns all problems of the catalogue itself. */
export function checkCatalog(catalog: readonly Source[] = CATALOG): readonly Problem[] {
  const all = catalog.flatMap(({ job, metrics }) =>
    Object.entries(metrics).map(([name, metric]) => ({ job, name, metric })),
  );
  const reserved = Object.entries(RESERVED).map(([name, metric]) => ({ job: 'reserved', name, metric }));
  const taken = all.filter(({ name }) => name in RESERVED);
  return [
    ...[...all, ...reserved].flatMap(checkMetric),
    ...checkSameEverywhere(all),
    ...taken.map(({ job, name }) =>
      problem(
        'reserved',
        `${name} is reserved in exporters/catalog/reserved.ts; take it from there first.`,
        `${job}/${name}`,
      ),
    ),
  ];
}

interface Entry {
  readonly job: string;
  readonly name: string;
  readonly metric: Metric;
}

function checkMetric({ job, name, metric }: Entry): readonly Problem[] {
  const at = `${job}/${name}`;
  const isOurs = metric.naming === undefined;
  const ending = metric.unit === '1' ? undefined : ENDINGS[metric.unit];
  const forbidden = Object.keys(metric.labels).filter((label) => (TARGET_LABELS as readonly string[]).includes(label));
  return [
    ...(isOurs && metric.type === 'counter' && !name.endsWith('_total')
      ? [problem('counter-name', `${name} is a counter, and counters end in _total.`, at)]
      : []),
    ...(isOurs && metric.type !== 'counter' && name.endsWith('_total')
      ? [problem('counter-name', `${name} ends in _total and is no counter.`, at)]
      : []),
    ...(isOurs && ending !== undefined && !ending.test(name)
      ? [problem('unit-name', `${name} is measured in ${metric.unit}, and its name does not say so.`, at)]
      : []),
    ...forbidden.map((label) =>
      problem('target-label', `${name} has the label ${label}, which a target gives it.`, at),
    ),
    ...(/\.$/.test(metric.help) ? [] : [problem('help', `The help of ${name} is no sentence.`, at)]),
  ];
}

/** A name must have the same type and unit in all jobs. */
function checkSameEverywhere(all: readonly Entry[]): readonly Problem[] {
  const first = new Map<string, Entry>();
  return all.flatMap((entry) => {
    const other = first.get(entry.name);
    first.set(entry.name, other ?? entry);
    if (other === undefined || (other.metric.type === entry.metric.type && other.metric.unit === entry.metric.unit)) {
      return [];
    }
    const summary = `${entry.name} of ${entry.job} is not what it is of ${other.job}.`;
    return [problem('two-meanings', summary, `${entry.job}/${entry.name}`)];
  });
}

function problem(code: string, summary: string, at: string): Problem {
  return { code, severity: 'error', summary, at };
}
