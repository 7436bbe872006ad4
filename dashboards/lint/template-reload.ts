import { VariableRefresh } from '@grafana/schema';
import type { Rule } from './rule.ts';

/** Variables are refreshed when the time range changes, so that hosts of that time can be selected. */
export const TEMPLATE_RELOAD: Rule = {
  name: 'template-reload',
  check: (subjects) =>
    subjects.flatMap(({ board, dashboard }) =>
      (dashboard.templating?.list ?? [])
        .filter(({ type, refresh }) => type === 'query' && refresh !== VariableRefresh.onTimeRangeChanged)
        .map(({ name }) => ({
          summary: `The variable ${name} is not refreshed when the time range changes.`,
          at: board.uid,
        })),
    ),
};
