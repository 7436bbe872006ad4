import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { makeSequenceTracker } from './sequence.ts';

const A = '7|http';

/** Scrape interval of one Prometheus. */
const SCRAPE_MS = 6_000;

function track() {
  let now = 0;
  const sequence = makeSequenceTracker(() => now);
  return {
    /** Receives these lines; then one scrape interval passes and a scrape follows. */
    receive: (...numbers: readonly number[]): number => {
      for (const number of numbers) sequence.take(A, number);
      now += SCRAPE_MS;
      return sequence.lost();
    },
    /** A scrape of another Prometheus at the same time. */
    scrapedByAnother: (): number => sequence.lost(),
    at: (ms: number) => (now = ms),
  };
}

describe('lines missing in the sequence', () => {
  it('are counted once, when they can no longer be in transit', () => {
    const { receive } = track();
    expect(receive(10, 11, 14)).toBe(0);
    expect(receive(15)).toBe(2);
    expect(receive(16)).toBe(2);
  });

  it('do not include lines sent before this process listened', () => {
    const { receive } = track();
    receive(5_000);
    expect(receive(5_001)).toBe(0);
  });

  it('do not include late lines, or lines with the same number because two threads wrote them at once', () => {
    const { receive } = track();
    receive(0, 2, 1, 4, 4);
    expect(receive(3, 6, 6, 8)).toBe(0);
    expect(receive(9)).toBe(0);
  });

  it('are the same for all scrapers, and a second scraper does not make lines in transit count as lost', () => {
    const { receive, scrapedByAnother } = track();
    receive(0, 1);
    expect(receive(2, 5)).toBe(0);
    expect(scrapedByAnother()).toBe(0);
    expect(receive(3, 4, 6)).toBe(0);
    expect(receive(9)).toBe(0);
    expect(scrapedByAnother()).toBe(0);
    expect([receive(10), scrapedByAnother(), scrapedByAnother()]).toEqual([2, 2, 2]);
  });

  it('do not include the gap caused by a restart of the process', () => {
    const { receive } = track();
    receive(70_000, 70_003);
    expect(receive(0, 1, 2)).toBe(0);
    expect(receive(3)).toBe(0);
  });

  it('still count after their process has exited', () => {
    const { receive, at } = track();
    receive(70_000, 70_003);
    expect(receive(70_004)).toBe(2);
    at(200_000);
    expect(receive()).toBe(2);
    expect(receive(0, 1)).toBe(2);
  });

  it('are exactly those that were removed, for any pattern', () => {
    fc.assert(
      fc.property(fc.array(fc.boolean(), { minLength: 1, maxLength: 400 }), (arrivals) => {
        const { receive } = track();
        receive(0, ...arrivals.flatMap((arrived, index) => (arrived ? [index + 1] : [])), arrivals.length + 1);
        expect(receive(arrivals.length + 2)).toBe(arrivals.filter((arrived) => !arrived).length);
      }),
    );
  });

  it('never decrease', () => {
    fc.assert(
      fc.property(fc.array(fc.array(fc.nat({ max: 5_000 }), { maxLength: 20 }), { maxLength: 20 }), (scrapes) => {
        const { receive } = track();
        const counts = scrapes.map((numbers) => receive(...numbers));
        expect(counts).toEqual(counts.toSorted((a, b) => a - b));
      }),
    );
  });
});
