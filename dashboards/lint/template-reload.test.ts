import { VariableRefresh } from '@grafana/schema';
import { expect, it } from 'vitest';
import { findingsOf } from './fixture.ts';
import { TEMPLATE_RELOAD } from './template-reload.ts';

it('finds a variable that is queried only once', () => {
  const found = findingsOf(TEMPLATE_RELOAD, undefined, ({ templating }) =>
    Object.assign(templating?.list?.[1] ?? {}, { refresh: VariableRefresh.onDashboardLoad }),
  );
  expect(found).toEqual(['holdfast-app: The variable host is not refreshed when the time range changes.']);
});
