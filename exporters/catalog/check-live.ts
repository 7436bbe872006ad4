import type { Problem } from '../../kit/problem.ts';
import { CATALOG, seriesOf, type Source } from './catalog.ts';
import { openMetricsType, TARGET_LABELS, type Metric } from './metric.ts';

/** Metrics that a running stack exposes, as scraped by Prometheus. */
export interface Exposed {
  /** Families with the type that their target exposes. */
  readonly families: readonly { readonly job: string; readonly name: string; readonly type: string }[];
  /** Label sets of all series, `__name__` and `job` among them. */
  readonly series: readonly Readonly<Record<string, string>>[];
}

/** Compares both ways: exposed metrics must be in the catalogue, and catalogue metrics must be exposed. Returns all problems. */
export function checkLive(exposed: Exposed, catalog: readonly Source[] = CATALOG): readonly Problem[] {
  return catalog.flatMap((source) => {
    const families = new Map(
      exposed.families.flatMap(({ job, name, type }) => (job === source.job ? [[name, type]] : [])),
    );
    if (families.size === 0) return [problem('job-missing', `The job ${source.job} exposes nothing.`, source.job)];
    const own = exposed.series.filter(({ job }) => job === source.job);
    return [
      ...checkNames(source, families),
      ...Object.entries(source.metrics).flatMap(([name, metric]) =>
        families.has(name) ? checkFamily({ source, name, metric, type: families.get(name) ?? '' }, own) : [],
      ),
    ];
  });
}

function checkNames({ job, coverage, metrics }: Source, families: ReadonlyMap<string, string>): readonly Problem[] {
  const missing = Object.entries(metrics).filter(
    ([name, { presence }]) => !families.has(name) && presence === undefined,
  );
  const extra = coverage === 'complete' ? [...families.keys()].filter((name) => !(name in metrics)) : [];
  return [
    ...missing.map(([name]) =>
      problem('not-exposed', `${name} is in the catalogue, and ${job} does not expose it.`, `${job}/${name}`),
    ),
    ...extra.map((name) =>
      problem('not-in-catalogue', `${job} exposes ${name}, which is in no catalogue.`, `${job}/${name}`),
    ),
  ];
}

interface Family {
  readonly source: Source;
  readonly name: string;
  readonly metric: Metric;
  readonly type: string;
}

function checkFamily(
  { source, name, metric, type }: Family,
  series: readonly Readonly<Record<string, string>>[],
): readonly Problem[] {
  const at = `${source.job}/${name}`;
  const known = seriesOf([{ ...source, metrics: { [name]: metric } }]);
  const values = new Map<string, Set<string>>();
  for (const labels of series.filter(({ __name__: own = '' }) => known.has(own))) {
    for (const [label, value] of Object.entries(labels)) {
      if (label === '__name__' || (TARGET_LABELS as readonly string[]).includes(label)) continue;
      values.set(label, (values.get(label) ?? new Set()).add(value));
    }
  }
  return [
    ...(type === openMetricsType(name, source.metrics)
      ? []
      : [problem('type', `${name} is exposed as ${type}, and the catalogue calls it a ${metric.type}.`, at)]),
    ...[...values].flatMap(([label, seen]) => checkValues({ name, metric, at }, label, seen)),
  ];
}

function checkValues(
  { name, metric, at }: { readonly name: string; readonly metric: Metric; readonly at: string },
  label: string,
  seen: ReadonlySet<string>,
): readonly Problem[] {
  if (label === 'le' && metric.type === 'histogram' && metric.buckets === undefined) return [];
  if (label === 'quantile' && metric.type === 'summary') return [];
  const allowed = label === 'le' ? metric.buckets?.map(String).concat('+Inf') : metric.labels[label];
  if (allowed === undefined)
    return [problem('label', `${name} has the label ${label}, which the catalogue does not know.`, at)];
  if ('atMost' in allowed) {
    if (seen.size <= allowed.atMost) return [];
    return [
      problem('too-many-values', `${label} of ${name} has ${seen.size} values, more than ${allowed.atMost}.`, at),
    ];
  }
  const unknownValues = [...seen].filter((value) => !allowed.includes(value));
  if (unknownValues.length === 0) return [];
  return [
    problem('value', `${label} of ${name} is ${unknownValues.join(', ')}, which the catalogue does not know.`, at),
  ];
}

function problem(code: string, summary: string, at: string): Problem {
  return { code, severity: 'error', summary, at };
}
