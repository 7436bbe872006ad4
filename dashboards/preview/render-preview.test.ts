import { expect, it } from 'vitest';
import { DRILL } from '../../deploy/model/profile.ts';
import { WELL, withPanel, WORLD } from '../lint/fixture.ts';
import type { PanelSource } from '../verify/panel-source.ts';
import { fillBoards } from './fill-boards.ts';
import { formatValue } from './format-value.ts';
import { renderPreview } from './render-preview.ts';

const SPAN = { fromS: 0, toS: 300 };

function answering(points: readonly (readonly [number, number])[]): PanelSource {
  const series = points.length === 0 ? [] : [{ labels: { host: '<app1>' }, points }];
  const ask = () => Promise.resolve({ kind: 'data', samples: points.length, series } as const);
  return { now: ask, course: ask, labelValues: () => Promise.resolve([]) };
}

it('draws lines, the threshold of the alert and the last value, and lets no label become markup', async () => {
  const page = renderPreview(
    await fillBoards(
      [WELL],
      answering([
        [0, 0],
        [300, 0.04],
      ]),
      DRILL.monitoring,
    ),
    WORLD,
    SPAN,
  );
  expect(page).toContain('<polyline points="0.0,128.0 560.0,2.0"');
  expect(page).toContain('class="limit" x1="0" x2="560" y1="65.0"');
  expect(page).toContain('&lt;app1&gt; <b>4.0 %</b>');
  expect(page).not.toContain('<app1>');
});

it('says why nothing is shown', async () => {
  const board = withPanel({ expr: 'sum(up)', legend: 'up', emptyWhen: 'it is quiet' });
  const page = renderPreview(await fillBoards([board], answering([]), DRILL.monitoring), WORLD, SPAN);
  expect(page).toContain('Nothing to show: it is quiet');
});

it.each([
  [0.0123, 'percentunit', '1.2 %'],
  [0.0123, 's', '12.3 ms'],
  [12.5, 's', '12.5 s'],
  [3 * 1024 ** 2, 'bytes', '3.0 MiB'],
  [1234.567, 'reqps', '1235 req/s'],
  [0, 'dateTimeFromNow', '1970-01-01 00:00:00'],
] as const)('writes %d in %s as %s', (value, unit, expected) => {
  expect(formatValue(value, unit)).toBe(expected);
});
