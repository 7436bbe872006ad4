import type { Threshold as Step } from '@grafana/schema';
import type { Threshold } from '../../alerts/thresholds.ts';
import { COLORS } from './colors.ts';

/** Smallest value above zero: a step includes its own value, but `> 0` does not. */
const ABOVE_ZERO = 1e-9;

/**
 * Threshold steps of a panel for these comparisons of its alert. A step applies from its value upwards, so for whole numbers `> 1` starts at 2
 * and `== 0` ends below 1. Of several comparisons in one direction, the one that is reached first counts.
 */
export function thresholdSteps(thresholds: readonly Threshold[], isInteger: boolean): Step[] {
  const above = thresholds.flatMap((one) => lowestBad(one, isInteger) ?? []);
  const below = thresholds.flatMap((one) => lowestGood(one, isInteger) ?? []);
  const bottom = below.length === 0 ? COLORS.good : COLORS.bad;
  return [
    { value: null, color: bottom },
    ...(below.length === 0 ? [] : [{ value: Math.max(...below), color: COLORS.good }]),
    ...(above.length === 0 ? [] : [{ value: Math.min(...above), color: COLORS.bad }]),
  ];
}

function lowestBad({ operator, value }: Threshold, isInteger: boolean): number | undefined {
  if (operator === '>=') return value;
  if (operator === '==') return value === 0 ? undefined : value;
  if (operator !== '>') return undefined;
  if (isInteger) return Math.floor(value) + 1;
  return value === 0 ? ABOVE_ZERO : value;
}

function lowestGood({ operator, value }: Threshold, isInteger: boolean): number | undefined {
  if (operator === '<') return value;
  if (operator === '<=') return value + 1;
  if (operator !== '==' || value !== 0) return undefined;
  return isInteger ? 1 : ABOVE_ZERO;
}
