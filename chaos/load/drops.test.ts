import fc from 'fast-check';
import { expect, test } from 'vitest';
import { planSteady } from '../../k6/lib/plan.ts';
import { recordDrops } from './drops.ts';

const [planned] = planSteady({ rate: 200, seconds: 10 });
if (planned === undefined) throw new Error('the plan is empty');
/** Without the warm-up: 80 arrivals each second. */
const scenario = { ...planned, stages: planned.stages.slice(-1) };
const PERIOD_MS = 1000 / 80;
const OPTIONS = { scenario, beganMs: 0, endedMs: 10_000, target: 'virtual-address' };
const ALL = Array.from({ length: 800 }, (_, index) => index * PERIOD_MS);

test('dropped requests are failed records where arrivals are missing', () => {
  const starts = ALL.filter((startMs) => startMs < 4_000 || startMs >= 5_000);
  const drops = recordDrops({ ...OPTIONS, count: 80, starts });
  expect(drops).toHaveLength(80);
  expect(drops.every(({ startMs }) => startMs > 3_980 && startMs < 5_020)).toBe(true);
  expect(drops[0]).toMatchObject({ ok: false, status: 0, error: 'dropped', kind: 'page', connection: 'new' });
});

test('without drops there are no records', () => {
  expect(recordDrops({ ...OPTIONS, count: 0, starts: ALL })).toEqual([]);
});

test('the number of records is that of k6, independent of the missing arrivals', () => {
  const some = fc.array(fc.integer({ min: 0, max: 10_000 }), { maxLength: 100 });
  fc.assert(
    fc.property(some, fc.nat({ max: 500 }), (starts, count) => {
      const drops = recordDrops({ ...OPTIONS, count, starts });
      expect(drops).toHaveLength(count);
      expect(drops.every(({ startMs }) => startMs >= 0 && startMs <= 10_000)).toBe(true);
    }),
  );
});
