import { expect, it } from 'vitest';
import { checkSettings } from './check-settings.ts';
import { parseSettings } from './parse-settings.ts';
import { makeTopology } from '../../deploy/model/topology.ts';
import { defaultSettings } from './default-settings.ts';

const SETTINGS = defaultSettings(makeTopology());

const codesOf = (change: object): readonly string[] =>
  parseSettings({ ...SETTINGS, ...change }).problems.map(({ code, at }) => `${code} ${at}`);

it('the default settings have no problem', () => {
  expect(checkSettings(SETTINGS)).toEqual([]);
  expect(parseSettings(SETTINGS).settings).toEqual(SETTINGS);
});

it('all contradictions are reported at once, each with a fix', () => {
  const { settings, problems } = parseSettings({
    ...SETTINGS,
    ...{ floor: 10, ceiling: 9, slots: ['app1', 'app1'], panicWindowMs: 2_000, stableWindowMs: 1_000 },
    tolerance: { out: 0.3, burst: 0.2, in: 0 },
    connections: { perHost: 200, serverLimit: 300, reserve: 40 },
    schedules: [{ name: 'peak', cron: '61 * * * *', forMinutes: 60, hosts: 12 }],
  });
  expect(settings).toBeUndefined();
  expect(problems.map(({ code }) => code)).toEqual([
    'duplicate-slot',
    'floor-above-ceiling',
    'ceiling-above-slots',
    'floor-above-budget',
    'wrong-order',
    'wrong-order',
    'wrong-order',
    'invalid-schedule',
    'schedule-above-ceiling',
  ]);
  expect(problems.every(({ details }) => details !== undefined)).toBe(true);
});

it.each([
  [{ floor: 0 }, 'invalid-setting floor'],
  [{ tickMs: 5_000 }, 'invalid-setting tickMs'],
  [{ surplus: 1 }, 'invalid-setting '],
  [
    { schedules: [{ name: 'x', cron: '* * * * *', timezone: 'Moon/Base', forMinutes: 1, hosts: 2 }] },
    'invalid-schedule schedules.x',
  ],
  [{ startUpMs: 90_000 }, 'wrong-order startTimeoutMs'],
])('%o is refused', (change, problem) => {
  expect(codesOf(change)).toContain(problem);
});

it('a ceiling above the connection budget is a warning', () => {
  const { settings, problems } = parseSettings({
    ...SETTINGS,
    connections: { perHost: 64, serverLimit: 300, reserve: 40 },
  });
  expect(settings).toBeDefined();
  expect(problems).toMatchObject([{ code: 'ceiling-above-budget', severity: 'warning' }]);
});
