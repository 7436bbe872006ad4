import { UNITS } from '../units.ts';
import { panelsOf, type Rule } from './rule.ts';

/** Every panel has a known unit. */
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
