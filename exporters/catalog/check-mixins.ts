import type { Problem } from '../../kit/problem.ts';
import type { Series } from './catalog.ts';
import type { ExcludedMetrics } from './excluded-metrics.ts';
import { TARGET_LABELS } from './metric.ts';
import type { Mixin } from './mixin-metrics.ts';

interface Compared {
  readonly mixins: Readonly<Record<string, Mixin>>;
  readonly excluded: readonly ExcludedMetrics[];
  readonly series: ReadonlyMap<string, Series>;
}

/** Compares mixins, exclusions and catalogue; returns all problems. */
export function checkMixins({ mixins, excluded, series }: Compared): readonly Problem[] {
  const gaps = new Map(
    Object.entries(mixins).flatMap(([mixin, { reads }]) =>
      reads.flatMap((read) => gapsOf(read, series)).map((gap) => [gap, mixin] as const),
    ),
  );
  const excludedNames = excluded.flatMap(({ metrics }) => metrics);
  return [
    ...[...gaps].flatMap(([gap, mixin]) =>
      excludedNames.includes(gap)
        ? []
        : [problem('no-reason', `${mixin} reads ${gap}, which is neither exposed nor excluded.`, gap)],
    ),
    ...excludedNames.flatMap((one, at) =>
      excludedNames.indexOf(one) === at ? [] : [problem('twice', `${one} is excluded twice.`, one)],
    ),
    ...excludedNames.flatMap((one) =>
      gaps.has(one) ? [] : [problem('not-missing', `${one} is excluded, but is exposed or read by no mixin.`, one)],
    ),
    ...excluded.flatMap((entry) => checkReason(entry, series)),
    ...Object.entries(mixins).flatMap(([mixin, { reads }]) =>
      reads.flatMap((read, at) =>
        reads.indexOf(read) === at ? [] : [problem('twice', `${mixin} lists ${read} twice.`, read)],
      ),
    ),
  ];
}

/** Missing parts of `name{label,other=value|pattern}`: the name, labels (`name{label}`) or values (`name{label=pattern}`). */
function gapsOf(read: string, series: ReadonlyMap<string, Series>): readonly string[] {
  const [, name = '', labels = ''] = /^([\w:]+)(?:\{(.+)\})?$/.exec(read) ?? [];
  const known = series.get(name);
  if (known === undefined) return [name || read];
  return labels.split(',').flatMap((selector) => {
    if (selector === '') return [];
    const [label = '', patterns] = selector.split('=', 2);
    const values = known.labels[label];
    if (values === undefined) return (TARGET_LABELS as readonly string[]).includes(label) ? [] : [`${name}{${label}}`];
    if (patterns === undefined || 'atMost' in values) return [];
    return patterns
      .split('|')
      .filter((pattern) => !values.some((value) => new RegExp(`^(?:${pattern})$`).test(value)))
      .map((pattern) => `${name}{${label}=${pattern}}`);
  });
}

function checkReason(
  { why, instead = [], metrics }: ExcludedMetrics,
  series: ReadonlyMap<string, Series>,
): readonly Problem[] {
  const at = metrics[0] ?? '';
  return [
    ...(/^[A-Z].{20,}\.$/s.test(why) ? [] : [problem('reason', `"${why}" is no sentence.`, at)]),
    ...(metrics.length > 0 ? [] : [problem('reason', `"${why}" excludes nothing.`, at)]),
    ...instead.flatMap((name) =>
      series.has(name) ? [] : [problem('instead', `${name} is named instead of ${at}, and nothing exposes it.`, at)],
    ),
  ];
}

function problem(code: string, summary: string, at: string): Problem {
  return { code, severity: 'error', summary, at };
}
