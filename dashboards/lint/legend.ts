import { typeOf } from '../lint-context.ts';
import { panelsOf, type Rule } from './rule.ts';

/** A legend uses only labels of the result, and every label in which its series differ. The columns of a table are labels of every query. */
export const LEGEND: Rule = {
  name: 'legend',
  check: (subjects, context) =>
    panelsOf(subjects).flatMap(({ panel, board, targets, at }) =>
      targets.flatMap(({ expr, legendFormat, refId }) => {
        const { labels } = typeOf(expr, board, context);
        const named =
          panel.kind === 'table'
            ? Object.keys(panel.columns)
            : [...legendFormat.matchAll(/\{\{\s*(\w+)\s*\}\}/g)].map(([, label = '']) => label);
        const missing = labels === undefined ? [] : named.filter((label) => !labels.has(label));
        const unnamed = labels === undefined ? [] : [...labels].filter((label) => !named.includes(label));
        return [
          ...(legendFormat.trim() === '' ? [{ summary: `Query ${refId} has no legend.`, at }] : []),
          ...missing.map((label) => ({ summary: `Query ${refId}: the result has no label ${label}.`, at })),
          ...unnamed.map((label) => ({
            summary: `Query ${refId}: series that differ by ${label} would be called the same; name it or aggregate it away.`,
            at,
          })),
        ];
      }),
    ),
};
