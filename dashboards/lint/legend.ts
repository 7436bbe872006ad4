import { typeOf } from '../lint-context.ts';
import { panelsOf, type Rule } from './rule.ts';

/** A legend names labels that the result has, and every label that tells its series apart; columns of a table are labels of every query. */
export const LEGEND: Rule = {
  name: 'legend',
  check: (subjects, world) =>
    panelsOf(subjects).flatMap(({ panel, board, targets, at }) =>
      targets.flatMap(({ expr, legendFormat, refId }) => {
        const { labels } = typeOf(expr, board, world);
        const named =
          panel.kind === 'table'
            ? Object.keys(panel.columns)
            : [...legendFormat.matchAll(/\{\{\s*(\w+)\s*\}\}/g)].map(([, label = '']) => label);
        const missing = labels === undefined ? [] : named.filter((label) => !labels.has(label));
        const untold = labels === undefined ? [] : [...labels].filter((label) => !named.includes(label));
        return [
          ...(legendFormat.trim() === '' ? [{ summary: `Query ${refId} has no legend.`, at }] : []),
          ...missing.map((label) => ({ summary: `Query ${refId}: the result has no label ${label}.`, at })),
          ...untold.map((label) => ({
            summary: `Query ${refId}: series that differ by ${label} would be called the same; name it or aggregate it away.`,
            at,
          })),
        ];
      }),
    ),
};
