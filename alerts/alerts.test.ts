import { readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { CATALOG, seriesOf } from '../exporters/catalog/catalog.ts';
import { checkPromql, seriesIn } from '../exporters/promql/check-promql.ts';
import { makeTopology } from '../deploy/model/topology.ts';
import { paceMs, type ScrapeClass } from '../deploy/model/scrape-jobs.ts';
import { CASE_KINDS } from './alert-case.ts';
import { evaluationMsOf, isSymptomAlert, runbookOf } from './alert.ts';
import { makeAlerts } from './alerts.ts';
import { renderAlertFiles } from './generated.ts';
import { RECORD_CASES } from './records/record-cases.ts';
import { makeRuleFiles, recordedNames, type RuleFile } from './render-rules.ts';
import { plotsOfAlert } from './render-plots.ts';
import { renderRuleTests } from './render-tests.ts';
import type { Rule } from './rule.ts';
import { slowestLookMs, slowestPace } from './slowest-pace.ts';
import { ALERTS, labelsOf, NOTIFIER_ALERTS } from './names.ts';

/** From a fault to its alert: what is looked at more seldom may take longer. */
const RAISED_WITHIN_MS: Readonly<Record<ScrapeClass, number>> = {
  usual: 15_000,
  monitor: 22_000,
  detail: 25_000,
  seldom: 45_000,
  round: 30_000,
};

/** Whether any of the alternatives of an alert is true because of what was seen last, whatever other alerts were told lately. */
const isAboutOneLook = (expr: string): boolean =>
  expr.split('\nor\n').some((alternative) => !alternative.replace(/ALERTS\{[^}]*\}\[\w+\]/g, '').includes('['));

const ROOT = join(import.meta.dirname, '..');
const topology = makeTopology();
const alerts = makeAlerts(topology);
const RECORDED = recordedNames(topology);

describe('the alerts', () => {
  it('are the ones that have names, once each', () => {
    expect(alerts.map(({ name }) => name).toSorted()).toEqual(Object.keys(ALERTS).toSorted());
  });

  it.each(alerts)('$name has a case of every kind', ({ name, cases }) => {
    const kinds = new Set(cases.map(({ kind }) => kind));
    // Nothing makes the watchdog quiet but the loss of what it is made from.
    const needed = name === 'Watchdog' ? ['fires', 'absent'] : CASE_KINDS;
    expect([...kinds]).toEqual(expect.arrayContaining([...needed]));
  });

  it.each(alerts)('$name does without its metrics what it says', ({ onAbsent, cases }) => {
    const fired = cases
      .filter(({ kind }) => kind === 'absent')
      .flatMap(({ expect: expected }) => expected.flatMap((one) => one.alerts));
    expect(fired.length > 0).toBe(onAbsent === 'fires');
  });

  it.each(alerts)('$name is about what its scope says', ({ name, cases }) => {
    const expected = cases.flatMap((one) => one.expect.flatMap(({ alerts: fired }) => fired));
    for (const fired of expected) {
      const scope = labelsOf(name);
      const own = Object.keys(fired.labels).filter((label) => label !== 'where' || scope.includes(label));
      expect(own.toSorted()).toEqual(scope.toSorted());
    }
  });

  it.each(alerts.filter((alert) => isSymptomAlert(alert) && alert.isTolerated === undefined))(
    '$name is raised in time in the drill profile',
    (alert) => {
      const { monitoring } = topology.profile;
      const pace = slowestPace(alert);
      const raisedMs = alert.forMs(monitoring) + slowestLookMs(alert, monitoring) + evaluationMsOf(alert, monitoring);
      expect(raisedMs, pace).toBeLessThanOrEqual(RAISED_WITHIN_MS[pace]);
    },
  );

  // What is counted over a window has its own way with one look that fails.
  it.each(alerts.filter(({ expr, forMs }) => isAboutOneLook(expr) && forMs(topology.profile.monitoring) > 0))(
    '$name outlasts one look that fails',
    (alert) => {
      const { monitoring } = topology.profile;
      expect(alert.forMs(monitoring)).toBeGreaterThan(paceMs(monitoring, slowestPace(alert)));
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
    '$name does not write out all digits of what it computes',
    ({ summary, description }) => {
      expect(`${summary} ${description}`).not.toContain('{{ $value }}');
    },
  );
});

describe('what is recorded', () => {
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
      // An alert that reads it fires and stays quiet by it.
      expect(read || tests.includes(record)).toBe(true);
    },
  );
});

describe('the charts of the alerts', () => {
  const mailed = alerts.filter(({ severity }) => severity !== 'none');

  it.each(mailed)('$name has something to draw, which Prometheus can answer', (alert) => {
    const plots = plotsOfAlert(alert);
    expect(plots.length, 'say what to draw with `plots`').toBeGreaterThan(0);
    for (const { query } of plots) {
      expect(checkPromql(query, { at: alert.name, recorded: RECORDED }), query).toEqual([]);
    }
  });
});

describe('the runbooks', () => {
  const names = [...Object.keys(ALERTS), ...NOTIFIER_ALERTS];

  it('are there for each alert and for nothing else', async () => {
    const files = await readdir(join(ROOT, 'alerts/runbooks'));
    expect(files.toSorted()).toEqual(names.map((name) => `${name}.md`).toSorted());
  });

  it.each(names)('%s has its four sections, each with something in it', async (name) => {
    const text = await readFile(join(ROOT, runbookOf(name)), 'utf8');
    const sections = text.split(/^## /m).slice(1);
    expect(text.startsWith(`# ${name}\n`)).toBe(true);
    expect(sections.map((section) => section.split('\n')[0])).toEqual(['Meaning', 'Impact', 'Diagnosis', 'Mitigation']);
    for (const section of sections) expect(section.split('\n').slice(1).join('').trim().length).toBeGreaterThan(20);
  });
});

describe('what runbooks say to ask Prometheus', () => {
  const series = seriesOf();
  const metrics = new Set(CATALOG.flatMap((source) => Object.keys(source.metrics)).concat([...series.keys()]));
  const families = new Set([...metrics].map((metric) => metric.split(/[_:]/)[0] ?? ''));
  const isMetric = (code: string): boolean =>
    /^[a-z][a-z0-9]*[_:][a-z0-9_:]+$/i.test(code) && families.has(code.split(/[_:]/)[0] ?? '');
  // A call of something, or what is chosen by labels; not of a shell.
  const isExpression = (code: string): boolean =>
    /^(topk|sum|max|min|avg|count|rate|increase|changes|histogram_quantile)\b.*\(/.test(code) ||
    isMetric(/^(\w+)\{/.exec(code)?.[1] ?? '');

  it.each([...Object.keys(ALERTS), ...NOTIFIER_ALERTS])('%s asks for what is there', async (name) => {
    const text = await readFile(join(ROOT, runbookOf(name)), 'utf8');
    const codes = [...text.matchAll(/`([^`]+)`/g)].map(([, code = '']) => code);
    expect(codes.filter((code) => isMetric(code) && !metrics.has(code))).toEqual([]);
    // A person may look at the value of a counter.
    const problems = codes.filter(isExpression).flatMap((code) => checkPromql(code, { at: code, recorded: RECORDED }));
    expect(problems.filter(({ code }) => code !== 'counter-without-rate')).toEqual([]);
  });
});

describe('the generated files', () => {
  it.each([...renderAlertFiles(topology)])('%s is as tracked', async (path, text) => {
    expect(await readFile(join(ROOT, path), 'utf8')).toBe(text);
  });
});
