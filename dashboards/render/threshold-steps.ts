import type { Threshold as Step } from '@grafana/schema';
import type { Threshold } from '../../alerts/thresholds.ts';
import { COLORS } from './colors.ts';

/** Above zero, however little: a step counts from its own value on, and `> 0` does not. */
const ABOVE_ZERO = 1e-9;

/**
 * The colours of a panel whose values alert by these comparisons. A step holds from its value upwards, so for whole numbers `> 1` is from 2
 * and `== 0` is below 1. Of several comparisons in one direction the first that is reached counts.
 */
export function thresholdSteps(thresholds: readonly Threshold[], isWhole: boolean): Step[] {
  const above = thresholds.flatMap((one) => lowestBad(one, isWhole) ?? []);
  const below = thresholds.flatMap((one) => lowestGood(one, isWhole) ?? []);
  const bottom = below.length === 0 ? COLORS.good : COLORS.bad;
  return [
    { value: null, color: bottom },
    ...(below.length === 0 ? [] : [{ value: Math.max(...below), color: COLORS.good }]),
    ...(above.length === 0 ? [] : [{ value: Math.min(...above), color: COLORS.bad }]),
  ];
}

function lowestBad({ operator, value }: Threshold, isWhole: boolean): number | undefined {
  if (operator === '>=') return value;
  if (operator === '==') return value === 0 ? undefined : value;
  if (operator !== '>') return undefined;
  if (isWhole) return Math.floor(value) + 1;
  return value === 0 ? ABOVE_ZERO : value;
}

function lowestGood({ operator, value }: Threshold, isWhole: boolean): number | undefined {
  if (operator === '<') return value;
  if (operator === '<=') return value + 1;
  if (operator !== '==' || value !== 0) return undefined;
  return isWhole ? 1 : ABOVE_ZERO;
}
