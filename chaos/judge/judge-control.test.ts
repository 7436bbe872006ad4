import { describe, expect, test } from 'vitest';
import type { Verdict } from '../../kit/verdict.ts';
import { judgeControl, type Control } from './judge-control.ts';

const REASONS: Record<Verdict, readonly string[]> = { held: [], unknown: ['too few'], violated: ['3 requests failed'] };
const main = (verdict: Verdict): { id: string; verdict: Verdict; reasons: readonly string[] } => ({
  ...{ id: 'maintenance/lb-reload', verdict, reasons: REASONS[verdict] },
});

function control(name: string, ...verdicts: readonly Verdict[]): Control {
  return {
    name,
    budgets: verdicts.map((verdict) => ({ claim: 'failed requests', verdict, measured: '7 of 900', limit: '≤ 0' })),
  };
}

describe('a control that violated a budget', () => {
  test.each<Verdict>(['held', 'unknown', 'violated'])('leaves %s as it is, and is quoted', (verdict) => {
    const outcome = main(verdict);
    const judged = judgeControl(outcome, [control('without drain', 'held', 'violated')]);
    expect(judged.outcome).toBe(outcome);
    expect(judged.sightings).toEqual(['the control (without drain) violated: failed requests 7 of 900, limit ≤ 0']);
  });
});

describe('a control that violated no budget', () => {
  const blind = 'the control (without drain) violated no budget, so this method could not have seen any loss';

  test.each<readonly [Verdict, readonly string[]]>([
    ['held', [blind]],
    ['unknown', ['too few', blind]],
  ])('makes %s unknown, with the reason', (verdict, reasons) => {
    const judged = judgeControl(main(verdict), [control('without drain', 'held', 'unknown')]);
    expect(judged).toEqual({ outcome: { id: 'maintenance/lb-reload', verdict: 'unknown', reasons }, sightings: [] });
  });

  test('does not hide a violation', () => {
    const outcome = main('violated');
    expect(judgeControl(outcome, [control('without drain', 'held')])).toEqual({ outcome, sightings: [] });
    expect(judgeControl(outcome, [])).toEqual({ outcome, sightings: [] });
  });

  test('shows nothing if it has no budget at all', () => {
    expect(judgeControl(main('held'), [control('without drain')]).outcome.verdict).toBe('unknown');
  });
});

test('of several controls, one that violated a budget is enough', () => {
  const mild = control('without drain', 'held');
  expect(judgeControl(main('held'), [mild, control('killed', 'violated')]).outcome.verdict).toBe('held');
  expect(judgeControl(main('held'), [mild, control('killed', 'held')]).outcome.reasons).toEqual([
    'the controls (without drain, killed) violated no budget, so this method could not have seen any loss',
  ]);
});

test('without any control, nothing is known', () => {
  expect(judgeControl(main('held'), []).outcome).toMatchObject({
    verdict: 'unknown',
    reasons: ['no control was run, so it is not known whether this method could have seen any loss'],
  });
});
