import { unitFits, UNITS, type UnitId } from '../units.ts';
import { typeOf } from '../lint-context.ts';
import { panelsOf, type Rule } from './rule.ts';

/** What a query gives is what the panel says that it shows: seconds as seconds, shares as shares. */
export const PANEL_UNIT_FITS: Rule = {
  name: 'panel-unit-fits',
  check: (subjects, world) =>
    panelsOf(subjects).flatMap(({ json, panel, targets, board, at }) => {
      const id = json.fieldConfig?.defaults.unit ?? '';
      if (!isUnit(id)) return [];
      return targets.flatMap(({ expr, refId }) => {
        const type = typeOf(expr, board, world);
        // The axis of a heatmap is what its buckets are of.
        const unit = panel.kind === 'heatmap' ? (type.bucketsOf ?? 'any') : type.unit;
        if (unitFits(id, unit)) return [];
        return [{ summary: `Query ${refId} gives ${unit === '1' ? 'a count' : unit}, and the panel shows ${id}.`, at }];
      });
    }),
};

function isUnit(id: string): id is UnitId {
  return id in UNITS;
}
