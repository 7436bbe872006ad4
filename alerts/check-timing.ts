import type { MonitoringTimings } from '../deploy/model/profile.ts';
import { diskLookMs, paceMs, SCRAPE_JOBS } from '../deploy/model/scrape-jobs.ts';
import { CATALOG, seriesOf, type Source } from '../exporters/catalog/catalog.ts';
import { findAll, parsePromql, unquote, type Syntax } from '../exporters/promql/syntax.ts';
import { parsePromDuration } from '../kit/prom-duration.ts';
import type { Problem } from '../kit/problem.ts';
import type { Rule, RuleGroup } from './rule.ts';

const SERIES = seriesOf();

/** A rate needs two samples. */
const MIN_SAMPLES = 2;
/** What is seen once may be one lost scrape. */
const MIN_EVALUATIONS = 2;

/** Everything in the rules that looks too briefly to see anything, or believes a single look, all at once. */
export function checkTiming(groups: readonly RuleGroup[], watch: MonitoringTimings): readonly Problem[] {
  const recordedMs = new Map(
    groups.flatMap(({ interval, rules }) =>
      rules.flatMap((rule) => ('record' in rule ? [[rule.record, parsePromDuration(interval)] as const] : [])),
    ),
  );
  return groups.flatMap(({ interval, rules }) =>
    rules.flatMap((rule) => [
      ...checkFor(rule, parsePromDuration(interval)),
      ...findAll(parsePromql(rule.expr), 'MatrixSelector').flatMap((selector) =>
        checkWindow(selector, { at: nameOf(rule), watch, recordedMs }),
      ),
    ]),
  );
}

/** An alert that is true whenever it is evaluated needs no second look: nothing can be mistaken for it. */
function checkFor(rule: Rule, intervalMs: number): readonly Problem[] {
  if ('record' in rule || rule.expr.startsWith('vector(1)')) return [];
  if (parsePromDuration(rule.for) >= MIN_EVALUATIONS * intervalMs) return [];
  const what = rule.expr.includes('absent(') ? ', and it fires on what is absent, which one late scrape is' : '';
  return [
    problem('for', `${rule.alert} waits for ${rule.for}, which is less than two evaluations${what}.`, rule.alert),
  ];
}

interface WindowContext {
  readonly at: string;
  readonly watch: MonitoringTimings;
  readonly recordedMs: ReadonlyMap<string, number>;
}

function checkWindow(selector: Syntax, { at, watch, recordedMs }: WindowContext): readonly Problem[] {
  const name = findAll(selector, 'Identifier')[0]?.text ?? '';
  const window = findAll(selector, 'NumberDurationLiteralInDurationContext')[0]?.text;
  if (window === undefined) return [problem('window', `The window of ${selector.text} cannot be read.`, at)];
  const intervalMs = recordedMs.get(name) ?? slowestMs(selector, name, watch);
  if (intervalMs === undefined || parsePromDuration(window) >= MIN_SAMPLES * intervalMs) return [];
  return [
    problem(
      'window-too-short',
      `${selector.text} has fewer than two samples: one comes every ${intervalMs / 1000} s.`,
      at,
    ),
  ];
}

/** The longest time between two new values of a metric, over all jobs that expose it and that the selector may mean. */
function slowestMs(selector: Syntax, name: string, watch: MonitoringTimings): number | undefined {
  const metric = SERIES.get(name)?.metric;
  const matchers = findAll(selector, 'UnquotedLabelMatcher').map((matcher) => ({
    label: findAll(matcher, 'LabelName')[0]?.text,
    operator: findAll(matcher, 'MatchOp')[0]?.text,
    value: unquote(findAll(matcher, 'StringLiteral')[0]?.text ?? '""'),
  }));
  const isMeant = ({ job }: Source): boolean =>
    matchers.every(
      ({ label, operator, value }) =>
        label !== 'job' ||
        (operator === '=' && job === value) ||
        (operator === '=~' && new RegExp(`^(?:${value})$`).test(job)),
    );
  const exposes = ({ metrics }: Source): boolean => Object.values(metrics).some((one) => one === metric);
  const paces = CATALOG.filter((source) => exposes(source) && isMeant(source)).flatMap(({ job }) =>
    SCRAPE_JOBS.filter((one) => one.name === job).map(({ pace }) => paceMs(watch, pace)),
  );
  if (paces.length === 0) return undefined;
  return Math.max(...paces, ...(metric?.measured === 'by-disk-space' ? [diskLookMs(watch)] : []));
}

function nameOf(rule: Rule): string {
  return 'record' in rule ? rule.record : rule.alert;
}

function problem(code: string, summary: string, at: string): Problem {
  return { code, severity: 'error', summary, at };
}
