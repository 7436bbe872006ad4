import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { makeSequenceWatch } from './sequence.ts';

const A = '7|http';

/** Between two scrapes of one Prometheus. */
const SCRAPE_MS = 6_000;

function watch() {
  let now = 0;
  const sequence = makeSequenceWatch(() => now);
  return {
    /** These lines come, and are followed by a scrape at the usual pace. */
    seen: (...numbers: readonly number[]): number => {
      for (const number of numbers) sequence.take(A, number);
      now += SCRAPE_MS;
      return sequence.lost();
    },
    /** Somebody else asks, too, without any time going by. */
    seenByAnother: (): number => sequence.lost(),
    at: (ms: number) => (now = ms),
  };
}

describe('lines that are missing in the numbering', () => {
  it('are counted once, when nobody can expect them any more', () => {
    const { seen } = watch();
    expect(seen(10, 11, 14)).toBe(0);
    expect(seen(15)).toBe(2);
    expect(seen(16)).toBe(2);
  });

  it('are not those that were sent before this process listened', () => {
    const { seen } = watch();
    seen(5_000);
    expect(seen(5_001)).toBe(0);
  });

  it('are not those that come late, or bear the same number because two threads wrote them at once', () => {
    const { seen } = watch();
    seen(0, 2, 1, 4, 4);
    expect(seen(3, 6, 6, 8)).toBe(0);
    expect(seen(9)).toBe(0);
  });

  it('are the same for everybody who asks, and nobody takes lines on their way for lost because another one asked', () => {
    const { seen, seenByAnother } = watch();
    seen(0, 1);
    expect(seen(2, 5)).toBe(0);
    expect(seenByAnother()).toBe(0);
    expect(seen(3, 4, 6)).toBe(0);
    expect(seen(9)).toBe(0);
    expect(seenByAnother()).toBe(0);
    expect([seen(10), seenByAnother(), seenByAnother()]).toEqual([2, 2, 2]);
  });

  it('are not those of a process that was started again', () => {
    const { seen } = watch();
    seen(70_000, 70_003);
    expect(seen(0, 1, 2)).toBe(0);
    expect(seen(3)).toBe(0);
  });

  it('are remembered when their process ends', () => {
    const { seen, at } = watch();
    seen(70_000, 70_003);
    expect(seen(70_004)).toBe(2);
    at(200_000);
    expect(seen()).toBe(2);
    expect(seen(0, 1)).toBe(2);
  });

  it('are as many as were taken away, whatever was', () => {
    fc.assert(
      fc.property(fc.array(fc.boolean(), { minLength: 1, maxLength: 400 }), (arrives) => {
        const { seen } = watch();
        seen(0, ...arrives.flatMap((comes, index) => (comes ? [index + 1] : [])), arrives.length + 1);
        expect(seen(arrives.length + 2)).toBe(arrives.filter((comes) => !comes).length);
      }),
    );
  });

  it('never become fewer', () => {
    fc.assert(
      fc.property(fc.array(fc.array(fc.nat({ max: 5_000 }), { maxLength: 20 }), { maxLength: 20 }), (scrapes) => {
        const { seen } = watch();
        const counts = scrapes.map((numbers) => seen(...numbers));
        expect(counts).toEqual(counts.toSorted((a, b) => a - b));
      }),
    );
  });
});
