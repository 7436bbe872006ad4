import { expect, it } from 'vitest';
import { findingsOf, WELL } from './fixture.ts';
import { TEMPLATE_PROMQL } from './template-promql.ts';

it.each([
  ['no_such_metric', 'host', 'is in no catalogue'],
  ['up{tear="app"}', 'host', 'has no label tear'],
  ['up', 'colour', 'no label colour'],
  ['up{', 'host', 'not PromQL'],
])('finds the values of %s', (selector, of, said) => {
  const board = { ...WELL, variables: [{ name: 'host', label: 'Host', selector, of }] };
  expect(findingsOf(TEMPLATE_PROMQL, board)).toEqual([expect.stringContaining(said)]);
});
