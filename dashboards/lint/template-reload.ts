import { VariableRefresh } from '@grafana/schema';
import type { Rule } from './rule.ts';

/** A variable is asked again when the time range changes: a host that was there then can be chosen. */
export const TEMPLATE_RELOAD: Rule = {
  name: 'template-reload',
  check: (subjects) =>
    subjects.flatMap(({ board, dashboard }) =>
      (dashboard.templating?.list ?? [])
        .filter(({ type, refresh }) => type === 'query' && refresh !== VariableRefresh.onTimeRangeChanged)
        .map(({ name }) => ({ summary: `The variable ${name} is not asked again on time change.`, at: board.uid })),
    ),
};
