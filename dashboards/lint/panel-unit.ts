import { UNITS } from '../units.ts';
import { panelsOf, type Rule } from './rule.ts';

/** The unit of a panel is one that Grafana knows and we use. */
export const PANEL_UNIT: Rule = {
  name: 'panel-unit',
  check: (subjects) =>
    panelsOf(subjects).flatMap(({ json, at }) => {
      const unit = json.fieldConfig?.defaults.unit ?? '';
      return unit in UNITS
        ? []
        : [{ summary: unit === '' ? 'A panel has no unit.' : `The unit ${unit} is not known.`, at }];
    }),
};
