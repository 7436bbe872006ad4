import type { MonitoringTimings } from '../deploy/model/profile.ts';
import { diskPollMs, scrapeClassIntervalMs, SCRAPE_JOBS } from '../deploy/model/scrape-jobs.ts';
import { CATALOG, seriesOf, type Source } from '../exporters/catalog/catalog.ts';
import { findAll, parsePromql, unquote, type Syntax } from '../exporters/promql/syntax.ts';
import { parsePromDuration } from '../kit/prom-duration.ts';
import type { Problem } from '../kit/problem.ts';
import type { Rule, RuleGroup } from './rule.ts';

const SERIES = seriesOf();

/** A rate needs two samples. */
const MIN_SAMPLES = 2;
/** A condition seen in one evaluation may be due to one missed scrape. */
const MIN_EVALUATIONS = 2;

/** Returns all rules whose window has too few samples, and alerts that fire after a single evaluation. */
export function checkTiming(groups: readonly RuleGroup[], timings: MonitoringTimings): readonly Problem[] {
  const recordedMs = new Map(
    groups.flatMap(({ interval, rules }) =>
      rules.flatMap((rule) => ('record' in rule ? [[rule.record, parsePromDuration(interval)] as const] : [])),
    ),
  );
  return groups.flatMap(({ interval, rules }) =>
    rules.flatMap((rule) => [
      ...checkFor(rule, parsePromDuration(interval)),
      ...findAll(parsePromql(rule.expr), 'MatrixSelector').flatMap((selector) =>
        checkWindow(selector, { at: nameOf(rule), timings, recordedMs }),
      ),
    ]),
  );
}

/** An always-firing alert (`vector(1)`) needs no `for:`. */
function checkFor(rule: Rule, intervalMs: number): readonly Problem[] {
  if ('record' in rule || rule.expr.startsWith('vector(1)')) return [];
  if (parsePromDuration(rule.for) >= MIN_EVALUATIONS * intervalMs) return [];
  const what = rule.expr.includes('absent(') ? ', and it uses absent(), which one late scrape makes true' : '';
  return [
    problem('for', `${rule.alert} waits for ${rule.for}, which is less than two evaluations${what}.`, rule.alert),
  ];
}

interface WindowContext {
  readonly at: string;
  readonly timings: MonitoringTimings;
  readonly recordedMs: ReadonlyMap<string, number>;
}

function checkWindow(selector: Syntax, { at, timings, recordedMs }: WindowContext): readonly Problem[] {
  const name = findAll(selector, 'Identifier')[0]?.text ?? '';
  const window = findAll(selector, 'NumberDurationLiteralInDurationContext')[0]?.text;
  if (window === undefined) return [problem('window', `The window of ${selector.text} cannot be read.`, at)];
  const intervalMs = recordedMs.get(name) ?? slowestMs(selector, name, timings);
  if (intervalMs === undefined || parsePromDuration(window) >= MIN_SAMPLES * intervalMs) return [];
  return [
    problem(
      'window-too-short',
      `${selector.text} has fewer than two samples: one comes every ${intervalMs / 1000} s.`,
      at,
    ),
  ];
}

/** The longest interval between two new values of a metric, over all jobs that expose it and match the selector. */
function slowestMs(selector: Syntax, name: string, timings: MonitoringTimings): number | undefined {
  const metric = SERIES.get(name)?.metric;
  const matchers = findAll(selector, 'UnquotedLabelMatcher').map((matcher) => ({
    label: findAll(matcher, 'LabelName')[0]?.text,
    operator: findAll(matcher, 'MatchOp')[0]?.text,
    value: unquote(findAll(matcher, 'StringLiteral')[0]?.text ?? '""'),
  }));
  const isSelected = ({ job }: Source): boolean =>
    matchers.every(
      ({ label, operator, value }) =>
        label !== 'job' ||
        (operator === '=' && job === value) ||
        (operator === '=~' && new RegExp(`^(?:${value})$`).test(job)),
    );
  const exposes = ({ metrics }: Source): boolean => Object.values(metrics).some((one) => one === metric);
  const intervals = CATALOG.filter((source) => exposes(source) && isSelected(source)).flatMap(({ job }) =>
    SCRAPE_JOBS.filter((one) => one.name === job).map(({ scrapeClass }) => scrapeClassIntervalMs(timings, scrapeClass)),
  );
  if (intervals.length === 0) return undefined;
  return Math.max(...intervals, ...(metric?.measured === 'by-disk-space' ? [diskPollMs(timings)] : []));
}

function nameOf(rule: Rule): string {
  return 'record' in rule ? rule.record : rule.alert;
}

function problem(code: string, summary: string, at: string): Problem {
  return { code, severity: 'error', summary, at };
}
