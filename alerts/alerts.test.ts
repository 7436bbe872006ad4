import { readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { CATALOG, seriesOf } from '../exporters/catalog/catalog.ts';
import { checkPromql, seriesIn } from '../exporters/promql/check-promql.ts';
import { makeTopology } from '../deploy/model/topology.ts';
import { scrapeClassIntervalMs, type ScrapeClass } from '../deploy/model/scrape-jobs.ts';
import { CASE_KINDS } from './alert-case.ts';
import { evaluationMsOf, isSymptomAlert, runbookOf } from './alert.ts';
import { makeAlerts } from './alerts.ts';
import { renderAlertFiles } from './generated.ts';
import { RECORD_CASES } from './records/record-cases.ts';
import { makeRuleFiles, recordedNames, type RuleFile } from './render-rules.ts';
import { plotsOfAlert } from './render-plots.ts';
import { renderRuleTests } from './render-tests.ts';
import type { Rule } from './rule.ts';
import { maxDetectionMs, slowestScrapeClass } from './slowest-scrape-class.ts';
import { ALERTS, labelsOf, NOTIFIER_ALERTS } from './names.ts';

/** Limit of the time from a fault to its alert, by the scrape class of its slowest metric. */
const FIRES_WITHIN_MS: Readonly<Record<ScrapeClass, number>> = {
  fast: 15_000,
  self: 22_000,
  detail: 25_000,
  slow: 45_000,
  probe: 30_000,
};

/** Whether any alternative of an alert depends on the latest sample only; ranges over ALERTS are ignored. */
const dependsOnOneScrape = (expr: string): boolean =>
  expr.split('\nor\n').some((alternative) => !alternative.replace(/ALERTS\{[^}]*\}\[\w+\]/g, '').includes('['));

const ROOT = join(import.meta.dirname, '..');
const topology = makeTopology();
const alerts = makeAlerts(topology);
const RECORDED = recordedNames(topology);

describe('the alerts', () => {
  it('are exactly those with names, without duplicates', () => {
    expect(alerts.map(({ name }) => name).toSorted()).toEqual(Object.keys(ALERTS).toSorted());
  });

  it.each(alerts)('$name has a case of every kind', ({ name, cases }) => {
    const kinds = new Set(cases.map(({ kind }) => kind));
    // Only the absence of its metrics stops the watchdog.
    const needed = name === 'Watchdog' ? ['fires', 'absent'] : CASE_KINDS;
    expect([...kinds]).toEqual(expect.arrayContaining([...needed]));
  });

  it.each(alerts)('$name behaves as its onAbsent says without its metrics', ({ onAbsent, cases }) => {
    const fired = cases
      .filter(({ kind }) => kind === 'absent')
      .flatMap(({ expect: expected }) => expected.flatMap((one) => one.alerts));
    expect(fired.length > 0).toBe(onAbsent === 'fires');
  });

  it.each(alerts)('$name has the labels of its scope', ({ name, cases }) => {
    const expected = cases.flatMap((one) => one.expect.flatMap(({ alerts: fired }) => fired));
    for (const fired of expected) {
      const scope = labelsOf(name);
      expect(Object.keys(fired.labels).toSorted()).toEqual(scope.toSorted());
    }
  });

  it.each(alerts.filter((alert) => isSymptomAlert(alert) && alert.isLowUrgency === undefined))(
    '$name fires in time in the drill profile',
    (alert) => {
      const { monitoring } = topology.profile;
      const scrapeClass = slowestScrapeClass(alert);
      const firesAfterMs =
        alert.forMs(monitoring) + maxDetectionMs(alert, monitoring) + evaluationMsOf(alert, monitoring);
      expect(firesAfterMs, scrapeClass).toBeLessThanOrEqual(FIRES_WITHIN_MS[scrapeClass]);
    },
  );

  // Alerts over a window tolerate a failed scrape by the window.
  it.each(alerts.filter(({ expr, forMs }) => dependsOnOneScrape(expr) && forMs(topology.profile.monitoring) > 0))(
    '$name tolerates one failed scrape',
    (alert) => {
      const { monitoring } = topology.profile;
      expect(alert.forMs(monitoring)).toBeGreaterThan(scrapeClassIntervalMs(monitoring, slowestScrapeClass(alert)));
    },
  );

  it.each(alerts)('$name uses only template forms that its tests can expand', ({ summary, description }) => {
    const left = `${summary} ${description}`.replace(
      /\{\{ \$(labels\.\w+|value( \| humanize(?:Percentage)?)?) \}\}/g,
      '',
    );
    expect(left).not.toContain('{{');
  });

  it.each(alerts.filter(({ expr }) => /\b(i?rate|increase|timestamp)\(| \/ /.test(expr)))(
    '$name rounds calculated values in its texts',
    ({ summary, description }) => {
      expect(`${summary} ${description}`).not.toContain('{{ $value }}');
    },
  );
});

describe('the recording rules', () => {
  const rules = (file: RuleFile): readonly Rule[] => makeRuleFiles(topology)[file].flatMap((group) => group.rules);
  const recordsOf = (file: RuleFile): readonly string[] =>
    rules(file).flatMap((rule) =>
      'record' in rule
        ? [Object.values(rule.labels ?? {}).reduce((name, value) => `${name} ${value}`, rule.record)]
        : [],
    );

  it.each(recordsOf('records.yaml'))('%s has a test', (record) => {
    const [name = '', tier] = record.split(' ');
    const begins = tier === undefined ? `${name}{host=` : `${name}{tier="${tier}"}`;
    const tested = RECORD_CASES.some(({ values }) =>
      Object.entries(values).some(([series, value]) => series.startsWith(begins) && value !== undefined),
    );
    expect(tested).toBe(true);
  });

  it.each([...new Set(recordsOf('slo.yaml').map((record) => record.split(' ')[0] ?? ''))])(
    '%s has a test',
    (record) => {
      const tests = renderRuleTests(topology, 'slo.yaml');
      const read = rules('slo.yaml').some((rule) => 'alert' in rule && seriesIn(rule.expr).has(record));
      // The cases of an alert that reads it test it too.
      expect(read || tests.includes(record)).toBe(true);
    },
  );
});

describe('the charts of the alerts', () => {
  const mailed = alerts.filter(({ severity }) => severity !== 'none');

  it.each(mailed)('$name has a chart with a valid query', (alert) => {
    const plots = plotsOfAlert(alert);
    expect(plots.length, 'set `plots` to define a chart').toBeGreaterThan(0);
    for (const { query } of plots) {
      expect(checkPromql(query, { at: alert.name, recorded: RECORDED }), query).toEqual([]);
    }
  });
});

describe('the runbooks', () => {
  const names = [...Object.keys(ALERTS), ...NOTIFIER_ALERTS];

  it('exist for each alert, without extra files', async () => {
    const files = await readdir(join(ROOT, 'alerts/runbooks'));
    expect(files.toSorted()).toEqual(names.map((name) => `${name}.md`).toSorted());
  });

  it.each(names)('%s has four non-empty sections', async (name) => {
    const text = await readFile(join(ROOT, runbookOf(name)), 'utf8');
    const sections = text.split(/^## /m).slice(1);
    expect(text.startsWith(`# ${name}\n`)).toBe(true);
    expect(sections.map((section) => section.split('\n')[0])).toEqual(['Meaning', 'Impact', 'Diagnosis', 'Mitigation']);
    for (const section of sections) expect(section.split('\n').slice(1).join('').trim().length).toBeGreaterThan(20);
  });
});

describe('the PromQL in runbooks', () => {
  const series = seriesOf();
  const metrics = new Set(CATALOG.flatMap((source) => Object.keys(source.metrics)).concat([...series.keys()]));
  const families = new Set([...metrics].map((metric) => metric.split(/[_:]/)[0] ?? ''));
  const isMetric = (code: string): boolean =>
    /^[a-z][a-z0-9]*[_:][a-z0-9_:]+$/i.test(code) && families.has(code.split(/[_:]/)[0] ?? '');
  // A function call or a selector with labels, not a shell command.
  const isExpression = (code: string): boolean =>
    /^(topk|sum|max|min|avg|count|rate|increase|changes|histogram_quantile)\b.*\(/.test(code) ||
    isMetric(/^(\w+)\{/.exec(code)?.[1] ?? '');

  it.each([...Object.keys(ALERTS), ...NOTIFIER_ALERTS])('%s uses only existing metrics', async (name) => {
    const text = await readFile(join(ROOT, runbookOf(name)), 'utf8');
    const codes = [...text.matchAll(/`([^`]+)`/g)].map(([, code = '']) => code);
    expect(codes.filter((code) => isMetric(code) && !metrics.has(code))).toEqual([]);
    // In a runbook the plain value of a counter is allowed.
    const problems = codes.filter(isExpression).flatMap((code) => checkPromql(code, { at: code, recorded: RECORDED }));
    expect(problems.filter(({ code }) => code !== 'counter-without-rate')).toEqual([]);
  });
});

describe('the generated files', () => {
  it.each([...renderAlertFiles(topology)])('%s is up to date', async (path, text) => {
    expect(await readFile(join(ROOT, path), 'utf8')).toBe(text);
  });
});
