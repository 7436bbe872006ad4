import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { exitCodeOf, mergeVerdicts, type Verdict } from './verdict.ts';

const verdict = fc.constantFrom<Verdict>('held', 'unknown', 'violated');

describe('mergeVerdicts', () => {
  it('is unknown for an empty list', () => {
    expect(mergeVerdicts([])).toBe('unknown');
  });

  it('never hides a violation, and is never held with an unknown verdict', () => {
    fc.assert(
      fc.property(fc.array(verdict, { minLength: 1 }), (verdicts) => {
        const merged = mergeVerdicts(verdicts);
        if (verdicts.includes('violated')) return merged === 'violated';
        return merged === (verdicts.includes('unknown') ? 'unknown' : 'held');
      }),
    );
  });

  it('gives each verdict its own exit code', () => {
    expect([exitCodeOf('held'), exitCodeOf('violated'), exitCodeOf('unknown')]).toEqual([0, 1, 2]);
  });
});
