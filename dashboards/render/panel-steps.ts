import type { Threshold as Step } from '@grafana/schema';
import { VITALS } from '../../deploy/model/web-vitals.ts';
import type { DataPanel } from '../board.ts';
import type { LintContext } from '../lint-context.ts';
import { COLORS } from './colors.ts';
import { thresholdSteps } from './threshold-steps.ts';

/** Threshold steps of a panel: the limits of its web vital or the thresholds of its alert; empty if it has neither. */
export function panelSteps(panel: DataPanel, context: LintContext): readonly Step[] {
  if (panel.vital !== undefined) {
    const { good, poor } = VITALS[panel.vital];
    return [
      { value: null, color: COLORS.good },
      { value: good, color: COLORS.degraded },
      { value: poor, color: COLORS.bad },
    ];
  }
  const thresholds = context.thresholdsOf(panel);
  return thresholds.length === 0
    ? []
    : thresholdSteps(thresholds, panel.unit === 'short' || panel.unit === 'bool_yes_no');
}
