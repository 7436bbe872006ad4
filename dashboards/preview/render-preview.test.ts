import { expect, it } from 'vitest';
import { DRILL } from '../../deploy/model/profile.ts';
import { VALID_BOARD, withPanel, CONTEXT } from '../lint/fixture.ts';
import type { PanelSource } from '../verify/panel-source.ts';
import { fillBoards } from './fill-boards.ts';
import { formatValue } from './format-value.ts';
import { renderPreview } from './render-preview.ts';

const SPAN = { fromS: 0, toS: 300 };

function answering(points: readonly (readonly [number, number])[]): PanelSource {
  const series = points.length === 0 ? [] : [{ labels: { host: '<app1>' }, points }];
  const ask = () => Promise.resolve({ kind: 'data', samples: points.length, series } as const);
  return { instant: ask, range: ask, labelValues: () => Promise.resolve([]) };
}

it('draws lines, the threshold of the alert and the last value, and escapes labels', async () => {
  const page = renderPreview(
    await fillBoards(
      [VALID_BOARD],
      answering([
        [0, 0],
        [300, 0.04],
      ]),
      DRILL.monitoring,
    ),
    CONTEXT,
    SPAN,
  );
  expect(page).toContain('<polyline points="0.0,128.0 560.0,2.0"');
  expect(page).toContain('class="limit" x1="0" x2="560" y1="65.0"');
  expect(page).toContain('&lt;app1&gt; <b>4.0 %</b>');
  expect(page).not.toContain('<app1>');
});

it('shows the reason for an empty panel', async () => {
  const board = withPanel({ expr: 'sum(up)', legend: 'up', emptyWhen: 'there is no traffic' });
  const page = renderPreview(await fillBoards([board], answering([]), DRILL.monitoring), CONTEXT, SPAN);
  expect(page).toContain('Nothing to show: there is no traffic');
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
