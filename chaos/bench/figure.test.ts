import { expect, it } from 'vitest';
import { judgeFigure, renderFigure, renderVerdict } from './figure.ts';

it('marks a figure that is over its limit', () => {
  expect(renderFigure({ what: 'up', measured: 61.24, atMost: 60, unit: 's' })).toMatch(
    /^OVER {2}up +61\.2 s +at most 60\.0 s$/,
  );
  expect(renderFigure({ what: 'up', measured: 5, atMost: 60, unit: 's' })).toMatch(/^ok {4}up/);
  expect(renderFigure({ what: 'series', measured: 190, unit: 'series' })).toMatch(/^ {6}series +190 series$/);
});

it('is unknown for a value or a limit that was not measured', () => {
  const figure = { what: 'up', measured: NaN, atMost: 60, unit: 's' } as const;
  expect(judgeFigure(figure)).toBe('unknown');
  expect(renderFigure(figure)).toMatch(/^\? {5}up +unknown s +at most 60\.0 s$/);
  expect(judgeFigure({ measured: 1, atMost: NaN })).toBe('unknown');
});

it('counts an event that never happened as over its limit', () => {
  const figure = { what: 'mailed', measured: Infinity, atMost: 30, unit: 's' } as const;
  expect(judgeFigure(figure)).toBe('violated');
  expect(renderFigure(figure)).toMatch(/^OVER {2}mailed +never s +at most 30\.0 s$/);
});

it('names the limits that are exceeded and the values that are unknown', () => {
  const figure = (measured: number) => ({ what: `up ${measured}`, measured, atMost: 5, unit: 's' }) as const;
  expect(renderVerdict([figure(1)])).toBe('Every limit is kept.');
  expect(renderVerdict([figure(1), figure(9), figure(NaN)])).toBe('Over the limit: up 9.\nNot measured: up NaN.');
});
