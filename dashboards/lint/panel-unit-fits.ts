import { unitFits, UNITS, type UnitId } from '../units.ts';
import { typeOf } from '../lint-context.ts';
import { panelsOf, type Rule } from './rule.ts';

/** The unit of a query's result matches the unit of the panel. */
export const PANEL_UNIT_FITS: Rule = {
  name: 'panel-unit-fits',
  check: (subjects, context) =>
    panelsOf(subjects).flatMap(({ json, panel, targets, board, at }) => {
      const id = json.fieldConfig?.defaults.unit ?? '';
      if (!isUnit(id)) return [];
      return targets.flatMap(({ expr, refId }) => {
        const type = typeOf(expr, board, context);
        // The axis of a heatmap has the unit of the histogram.
        const unit = panel.kind === 'heatmap' ? (type.bucketsOf ?? 'any') : type.unit;
        if (unitFits(id, unit)) return [];
        return [{ summary: `Query ${refId} gives ${unit === '1' ? 'a count' : unit}, and the panel shows ${id}.`, at }];
      });
    }),
};

function isUnit(id: string): id is UnitId {
  return id in UNITS;
}
