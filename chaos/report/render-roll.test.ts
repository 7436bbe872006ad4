import { describe, expect, it } from 'vitest';
import type { ChangeStep } from '../../deploy/change/change-step.ts';
import { makeTopology } from '../../deploy/model/topology.ts';
import { lbActiveCrash } from '../guarantees/spof.ts';
import { judgeExperiment } from '../runner/judge-experiment.ts';
import type { ExperimentOutcome } from '../runner/outcome.ts';
import { evidence, T0 } from '../runner/test-evidence.ts';
import { renderChart } from './render-chart.ts';
import { renderRoll, renderRollTable, rollLegend, rollRows } from './render-roll.ts';

/** Steps of a host, at seconds after the beginning of the change. */
function stepsOf(host: string, steps: Readonly<Partial<Record<ChangeStep['step'], number>>>): readonly ChangeStep[] {
  return Object.entries(steps).map(([step, at]) => ({ at: T0 + at * 1_000, host, step: step as ChangeStep['step'] }));
}

const WEB2 = stepsOf('web2', { drain: 0, drained: 1.5, stop: 1.6, start: 1.8, ready: 4, return: 4.1, redundant: 5 });
const WEB1 = stepsOf('web1', { drain: 5, drained: 6, stop: 6.1, start: 6.3, ready: 9, return: 9.2, redundant: 10 });
const STUCK = stepsOf('web1', { drain: 5, drained: 6, stop: 6.1 });

const topology = makeTopology();
const context = { topology, prediction: lbActiveCrash.predict(topology), startedAt: T0, endedAt: T0 + 60_000 };

function experimentOf(changeSteps: readonly ChangeStep[]): ExperimentOutcome {
  const { experiment } = judgeExperiment(lbActiveCrash, evidence({ changeSteps }), context);
  if (experiment === undefined) throw new Error('no experiment');
  return experiment;
}

interface DrawnBar {
  readonly step: string;
  readonly title: string;
  readonly x: number;
  readonly width: number;
}

/** The bars of a row, from left to right. */
function barsOf(svg: string, host: string): readonly DrawnBar[] {
  const group =
    /<g class="step-([a-z-]+)(?: unreached)?"><title>([^<]*)<\/title><rect x="([\d.]+)" y="[\d.]+" width="([\d.]+)"/g;
  return [...svg.matchAll(group)]
    .map(([, step = '', title = '', x, width]) => ({ step, title, x: Number(x), width: Number(width) }))
    .filter(({ title }) => title.startsWith(`${host} `))
    .toSorted((a, b) => a.x - b.x);
}

/** Positions of the labels of the time axis, by label. */
function ticksOf(svg: string): ReadonlyMap<string, number> {
  const tick = /<text x="([\d.]+)" y="[\d.]+" text-anchor="middle">(change|[+-]?\d+ s)<\/text>/g;
  return new Map([...svg.matchAll(tick)].map(([, x, label = '']) => [label, Number(x)]));
}

describe('the chart of a roll', () => {
  const experiment = experimentOf([...WEB1, ...WEB2]);
  const svg = renderRoll(experiment);

  it('has a row per host, in the order of their changes', () => {
    const labels = [...svg.matchAll(/text-anchor="end">([^<]+)</g)].map(([, text]) => text);
    expect(labels).toEqual(['web2', 'web1']);
  });

  it('has a bar for each stage, one after the other without a gap', () => {
    const bars = barsOf(svg, 'web2');
    expect(bars.map(({ title }) => title)).toEqual([
      'web2 draining: 1.50 s',
      'web2 drained: 100 ms',
      'web2 stopped: 200 ms',
      'web2 starting: 2.20 s',
      'web2 ready, not in use: 100 ms',
      'web2 in use, tier not redundant: 900 ms',
    ]);
    for (const [index, { x }] of bars.entries()) {
      const before = bars[index - 1];
      if (before !== undefined) expect(x).toBeCloseTo(before.x + before.width, 0);
    }
    expect(svg).toContain('<title>web2: full redundancy</title>');
    expect(svg).not.toContain('unreached');
  });

  it('has the time axis of the chart of the requests', () => {
    const ticks = ticksOf(svg);
    expect(ticks.get('change')).toBeGreaterThan(0);
    expect(ticks).toEqual(ticksOf(renderChart(experiment)));
    expect(barsOf(svg, 'web2')[0]?.x).toBe(ticks.get('change'));
    expect(barsOf(svg, 'web1')[0]?.x).toBe(ticks.get('+5 s'));
  });

  it('is described for readers that cannot see it', () => {
    expect(/aria-label="([^"]*)"/.exec(svg)?.[1]).toBe(
      'Steps of the change by host: web2 drained after 1.5 s, ready after 2.4 s, redundant after 5.0 s; ' +
        'web1 drained after 1.0 s, ready after 2.9 s, redundant after 5.0 s',
    );
  });

  it('hatches a stage whose end was not reached, until the end of the chart', () => {
    const stuck = renderRoll(experimentOf([...WEB2, ...STUCK]));
    const last = barsOf(stuck, 'web1').at(-1);
    expect(last).toMatchObject({ step: 'stop', title: 'web1 stopped: its end was not reached' });
    expect((last?.x ?? 0) + (last?.width ?? 0)).toBeCloseTo(1_050, 0);
    expect(stuck.match(/unreached/g)).toHaveLength(1);
    const pattern = /<pattern id="([^"]+)"/.exec(stuck)?.[1];
    expect(stuck).toContain(`fill="url(#${pattern ?? ''})"`);
  });

  it('keeps steps outside of the time of the load inside the chart', () => {
    const early = renderRoll(experimentOf(stepsOf('web1', { drain: -60, ready: 2, redundant: 90 })));
    const bars = barsOf(early, 'web1');
    expect(bars[0]?.x).toBe(52);
    expect(Math.max(...bars.map(({ x, width }) => x + width))).toBeCloseTo(1_050, 0);
  });

  it('is empty without steps', () => {
    expect(renderRoll(experimentOf([]))).toBe('');
  });
});

describe('the legend', () => {
  it('has the stages that occur, in the order of a change', () => {
    expect(rollLegend(WEB2).map(([, text]) => text)).toEqual([
      ...['draining', 'drained', 'stopped', 'starting', 'ready, not in use', 'in use, tier not redundant'],
      'full redundancy',
    ]);
    expect(rollLegend(STUCK).at(-1)).toEqual(['unreached', 'hatched: its end was not reached']);
  });
});

describe('the table of a roll', () => {
  it('has a row per host, with not reached and missing steps', () => {
    const reload = stepsOf('lb1', { reload: 11, ready: 11.5, redundant: 12.25 });
    expect(renderRollTable([...WEB2, ...STUCK, ...reload])).toEqual([
      'host  drain s       down s  until redundant s',
      'web2      1.5          2.4                5.0',
      'web1      1.0  not reached        not reached',
      'lb1         -            -                1.3',
    ]);
    expect(renderRollTable([])).toEqual([]);
  });

  it('has a row for each change of a host that is changed twice', () => {
    const again = stepsOf('web2', { drain: 20, drained: 23, return: 24, redundant: 24.5 });
    expect(rollRows([...again, ...WEB2])).toEqual([
      ['web2', '1.5', '2.4', '5.0'],
      ['web2', '3.0', '-', '4.5'],
    ]);
  });

  it('has a row for a change that was interrupted, and another one for its repetition', () => {
    const repeated = stepsOf('web1', { drain: 30, drained: 31, stop: 31, start: 32, ready: 33, redundant: 34 });
    expect(rollRows([...STUCK, ...repeated])).toEqual([
      ['web1', '1.0', 'not reached', 'not reached'],
      ['web1', '1.0', '2.0', '4.0'],
    ]);
  });
});
