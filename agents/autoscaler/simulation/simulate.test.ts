import { beforeAll, describe, expect, it } from 'vitest';
import { SETTINGS } from '../testing.ts';
import { judgeComparison } from './judge-comparison.ts';
import { DEFAULT_POOL } from './pool.ts';
import { renderComparisons } from './render-comparison.ts';
import { renderComparisonPage } from './render-page.ts';
import { findShape, SHAPE_NAMES, type Trace } from './shapes.ts';
import { compare, countReversals, type Comparison, type Outcome } from './simulate.ts';

const { signal } = new AbortController();
const run = (trace: Trace): Promise<Comparison> => compare(trace, { settings: SETTINGS, model: DEFAULT_POOL, signal });
const shape = (name: string): Trace => {
  const found = findShape(name);
  if (found === undefined) throw new Error(`no shape ${name}`);
  return found;
};
const own = ({ outcomes }: Comparison): Outcome => {
  const [first] = outcomes;
  if (first?.policy !== 'holdfast') throw new Error('the own policy is not the first');
  return first;
};

const all = new Map<string, Comparison>();
beforeAll(async () => {
  for (const name of SHAPE_NAMES) all.set(name, await run(shape(name)));
}, 60_000);

const comparisonOf = (name: string): Comparison => {
  const found = all.get(name);
  if (found === undefined) throw new Error(`${name} was not simulated`);
  return found;
};

describe('the own policy', () => {
  it.each(SHAPE_NAMES)('has no more seconds out of SLO than any other policy: %s', (name) => {
    expect(judgeComparison(comparisonOf(name)).slowerThan).toEqual([]);
  });

  it.each(['step', 'spike', 'outage', 'retry-storm'])(
    'has fewer seconds out of SLO than every other policy: %s',
    (name) => {
      const [first, ...others] = comparisonOf(name).outcomes.map(({ secondsOutOfSlo }) => secondsOutOfSlo);
      expect(Math.min(...others)).toBeGreaterThan(first ?? Infinity);
    },
  );

  /** Where it holds hosts for longer, and the highest additional share. */
  it.each([
    ['steady-noise', 0],
    ['step', 0],
    ['ramp', 0],
    ['spike', 0.05],
    ['day', 0],
    ['sawtooth', 0],
    ['outage', 0.05],
    ['retry-storm', 0.08],
  ])('has at most the known additional instance-hours: %s', (name, share) => {
    const shares = judgeComparison(comparisonOf(name)).dearerThan.map((one) => one.share);
    expect(Math.max(0, ...shares)).toBeLessThanOrEqual(share);
  });

  it.each(SHAPE_NAMES)('stays between floor and ceiling: %s', (name) => {
    const { hosts } = own(comparisonOf(name));
    expect(hosts.every((count) => count >= SETTINGS.floor && count <= SETTINGS.ceiling)).toBe(true);
  });

  it('drains no host during an outage in front of the pool', () => {
    const { hosts } = own(comparisonOf('outage'));
    expect(Math.min(...hosts)).toBe(hosts[0]);
  });

  it('drains no host between an outage and the retry storm after it', () => {
    const { hosts } = own(comparisonOf('retry-storm'));
    expect(Math.min(...hosts.slice(0, 33 * 60))).toBe(hosts[0]);
  });

  it.each([0.6, 0.75, 0.9, 1, 1.1, 1.35, 1.6])(
    'reverses at most once an hour on steady noise, at %d of the usual load',
    { timeout: 30_000 },
    async (factor) => {
      const noise = shape('steady-noise');
      const comparison = await run({ ...noise, rates: noise.rates.map((rate) => rate * factor) });
      expect(own(comparison).reversals).toBeLessThanOrEqual(comparison.seconds / 3_600);
    },
  );
});

it('the same trace gives the same result', async () => {
  expect(await run(shape('step'))).toEqual(comparisonOf('step'));
});

it('an abort ends the simulation', async () => {
  const trace = shape('step');
  const aborted = AbortSignal.abort(new Error('stop'));
  await expect(compare(trace, { settings: SETTINGS, model: DEFAULT_POOL, signal: aborted })).rejects.toThrow('stop');
});

it.each([
  [[2, 2, 2], 0],
  [[2, 3, 4], 0],
  [[2, 4, 3], 1],
  [[2, 4, 4, 3, 2, 3], 2],
])('the counts %j have %i reversals', (counts, reversals) => {
  expect(countReversals(counts)).toBe(reversals);
});

const outcome = (policy: string, change: Partial<Outcome>): Outcome => ({
  ...{ policy, secondsOutOfSlo: 0, refused: 0, instanceHours: 1, reversals: 0, hosts: [2, 3] },
  ...change,
});
const worse: Comparison = {
  ...{ trace: 'x<y', seconds: 2, rates: [100, 800] },
  outcomes: [
    outcome('holdfast', { secondsOutOfSlo: 5, instanceHours: 1.2 }),
    outcome('A', { secondsOutOfSlo: 4 }),
    outcome('B', { secondsOutOfSlo: 9, instanceHours: 1.195 }),
  ],
};

it('a policy that is better is named', () => {
  expect(judgeComparison(worse)).toMatchObject({ slowerThan: ['A'], dearerThan: [{ policy: 'A' }] });
  const text = renderComparisons([worse]);
  expect(text).toContain('  x<y: more seconds out of SLO than A\n  x<y: 20.0 % more instance-hours than A');
  expect(text).toContain('  holdfast  23');
  expect(text).toContain('  load      ▂█');
});

it('the page contains the table and a chart of each trace', () => {
  const page = renderComparisonPage([worse, comparisonOf('step')]);
  expect(page.match(/<img alt="Hosts of each policy/g)).toHaveLength(2);
  expect(page).toContain('<h2>x&lt;y</h2>');
  expect(page).not.toContain('x<y');
});
