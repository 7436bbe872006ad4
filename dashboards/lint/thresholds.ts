import type { Threshold as Step } from '@grafana/schema';
import { panelSteps } from '../render/panel-steps.ts';
import { panelsOf, type Rule } from './rule.ts';

/**
 * Threshold lines are the thresholds of the panel's alert or the limits of its web vital. A panel with neither has no lines, and a panel with an
 * alert shows the values that the alert compares.
 */
export const THRESHOLDS: Rule = {
  name: 'thresholds',
  check: (subjects, context) =>
    panelsOf(subjects).flatMap(({ panel, json, at }) => {
      const drawn = (json.fieldConfig?.defaults.thresholds?.steps ?? []).filter(({ value }) => value !== null);
      const wanted = panelSteps(panel, context).filter(({ value }) => value !== null);
      const same = drawn.map(written).join() === wanted.map(written).join();
      if (panel.vital !== undefined) {
        return same ? [] : [{ summary: `The threshold lines are not the borders of ${panel.vital}.`, at }];
      }
      if (panel.alert === undefined) {
        return drawn.length === 0
          ? []
          : [{ summary: 'A panel has threshold lines, and no alert that they are of.', at }];
      }
      if (!context.alerts.has(panel.alert)) return [{ summary: `There is no alert ${panel.alert}.`, at }];
      if (wanted.length === 0) {
        return [{ summary: `The alert ${panel.alert} compares nothing that this panel shows with a number.`, at }];
      }
      return same ? [] : [{ summary: `The threshold lines are not the numbers of the alert ${panel.alert}.`, at }];
    }),
};

function written({ value, color }: Step): string {
  return `${value ?? ''} ${color}`;
}
