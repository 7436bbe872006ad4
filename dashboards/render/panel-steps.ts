import type { Threshold as Step } from '@grafana/schema';
import { VITALS } from '../../deploy/model/web-vitals.ts';
import type { DataPanel } from '../board.ts';
import type { World } from '../lint-context.ts';
import { COLORS } from './colors.ts';
import { thresholdSteps } from './threshold-steps.ts';

/** The colours of a panel: the borders of its web vital or the numbers of its alert; none where it has neither. */
export function panelSteps(panel: DataPanel, world: World): readonly Step[] {
  if (panel.vital !== undefined) {
    const { good, poor } = VITALS[panel.vital];
    return [
      { value: null, color: COLORS.good },
      { value: good, color: COLORS.degraded },
      { value: poor, color: COLORS.bad },
    ];
  }
  const thresholds = world.thresholdsOf(panel);
  return thresholds.length === 0
    ? []
    : thresholdSteps(thresholds, panel.unit === 'short' || panel.unit === 'bool_yes_no');
}
