import { checkPromql } from '../../exporters/promql/check-promql.ts';
import { DATASOURCE } from '../render/datasource.ts';
import type { Rule } from './rule.ts';

/** Annotations read the selected data source with valid queries. */
export const ANNOTATIONS_RULE: Rule = {
  name: 'annotations',
  check: (subjects, { series, recorded }) =>
    subjects.flatMap(({ board, dashboard }) =>
      (dashboard.annotations?.list ?? []).flatMap((annotation) => {
        const at = `${board.uid}/${annotation.name}`;
        const expr = 'expr' in annotation && typeof annotation.expr === 'string' ? annotation.expr : '';
        return [
          ...checkPromql(expr, { at, series, recorded }).map(({ summary }) => ({ summary, at })),
          ...(annotation.datasource?.uid === DATASOURCE.uid
            ? []
            : [{ summary: 'An annotation reads $datasource.', at }]),
        ];
      }),
    ),
};
