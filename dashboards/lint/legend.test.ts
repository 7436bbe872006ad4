import { expect, it } from 'vitest';
import { findingsOf, withPanel } from './fixture.ts';
import { LEGEND } from './legend.ts';

it.each([
  ['sum by (host) (up)', '{{job}} on {{host}}', ['no label job']],
  ['sum by (host, job) (up)', '{{host}}', ['differ by job']],
  ['sum(up)', ' ', ['no legend']],
  ['sum by (host) (up)', '{{colour}}', ['no label colour', 'differ by host']],
])('finds %s called %s', (expr, legend, message) => {
  expect(findingsOf(LEGEND, withPanel({ expr, legend }))).toEqual(
    message.map((part) => expect.stringContaining(part) as string),
  );
});

it('finds a table with a column that no series has', () => {
  const found = findingsOf(
    LEGEND,
    withPanel({ expr: 'sum by (host) (up)', legend: 'Up' }, { kind: 'table', columns: { job: 'Job' } }),
  );
  expect(found).toEqual([expect.stringContaining('no label job'), expect.stringContaining('differ by host')]);
});
