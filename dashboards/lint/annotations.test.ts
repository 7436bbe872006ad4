import { expect, it } from 'vitest';
import { ANNOTATIONS_RULE } from './annotations.ts';
import { findingsOf } from './fixture.ts';

it.each([
  [{ expr: 'no_such_metric' }, 'is in no catalogue'],
  [{ expr: '' }, 'not PromQL'],
  [{ datasource: { type: 'grafana', uid: 'grafana' } }, 'reads $datasource'],
])('finds an annotation with %j', (difference, message) => {
  const found = findingsOf(ANNOTATIONS_RULE, undefined, ({ annotations }) =>
    Object.assign(annotations?.list?.[0] ?? {}, difference),
  );
  expect(found).toEqual([expect.stringContaining(message)]);
});
