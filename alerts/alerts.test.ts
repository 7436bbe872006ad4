import { readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { checkPromql } from '../exporters/promql/check-promql.ts';
import { makeTopology } from '../deploy/topology.ts';
import { CASE_KINDS } from './alert-case.ts';
import { runbookOf } from './alert.ts';
import { makeAlerts } from './alerts.ts';
import { renderAlertFiles } from './generated.ts';
import { ALERTS, NOTIFIER_ALERTS } from './names.ts';
import { plotsOfAlert } from './render-plots.ts';
import { makeRules } from './render-rules.ts';

const ROOT = join(import.meta.dirname, '..');
const topology = makeTopology();
const alerts = makeAlerts(topology);
const RECORDED = makeRules(topology).flatMap((rule) => ('record' in rule ? [rule.record] : []));

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
    const labels = { host: ['host'], address: ['network', 'address'], target: ['job', 'host'], service: [] }[
      ALERTS[name]
    ];
    const expected = cases.flatMap((one) => one.expect.flatMap(({ alerts: fired }) => fired));
    for (const fired of expected) {
      const own = Object.keys(fired.labels).filter((label) => label !== 'where');
      expect(own.toSorted()).toEqual([...labels].toSorted());
    }
  });

  it.each(alerts)(
    '$name is raised within 15 s in the drill profile, of monitors within 20 s',
    ({ name, domain, forMs }) => {
      const { watch } = topology.profile;
      const [intervalMs, limitMs] =
        domain === 'monitor' ? [watch.monitorScrapeIntervalMs, 20_000] : [watch.scrapeIntervalMs, 15_000];
      expect(forMs(watch) + 2 * intervalMs + watch.evaluationIntervalMs, name).toBeLessThanOrEqual(limitMs);
    },
  );

  it.each(alerts)('$name uses only template forms that its tests can expand', ({ summary, description }) => {
    const left = `${summary} ${description}`.replace(/\{\{ \$(labels\.\w+|value( \| humanizePercentage)?) \}\}/g, '');
    expect(left).not.toContain('{{');
  });
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

describe('the generated files', () => {
  it.each([...renderAlertFiles(topology)])('%s is as tracked', async (path, text) => {
    expect(await readFile(join(ROOT, path), 'utf8')).toBe(text);
  });
});
