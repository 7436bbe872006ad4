import { expect, it } from 'vitest';
import { findingsOf, VALID_BOARD } from './fixture.ts';
import { TEMPLATE_PROMQL } from './template-promql.ts';

it.each([
  ['no_such_metric', 'host', 'is in no catalogue'],
  ['up{tear="app"}', 'host', 'has no label tear'],
  ['up', 'colour', 'no label colour'],
  ['up{', 'host', 'not PromQL'],
])('finds the invalid variable %s', (selector, of, message) => {
  const board = { ...VALID_BOARD, variables: [{ name: 'host', label: 'Host', selector, of }] };
  expect(findingsOf(TEMPLATE_PROMQL, board)).toEqual([expect.stringContaining(message)]);
});
