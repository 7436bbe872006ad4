import { expect, it } from 'vitest';
import { isKept, renderFigure } from './figure.ts';

it('a figure over its limit is said to be', () => {
  expect(renderFigure({ what: 'up', measured: 61.24, atMost: 60, unit: 's' })).toMatch(
    /^OVER {2}up +61\.2 s +at most 60\.0 s$/,
  );
  expect(renderFigure({ what: 'up', measured: 5, atMost: 60, unit: 's' })).toMatch(/^ok {4}up/);
  expect(renderFigure({ what: 'series', measured: 190, unit: 'series' })).toMatch(/^ {6}series +190 series$/);
});

it('what could not be measured keeps no limit', () => {
  expect(isKept({ measured: NaN, atMost: 60 })).toBe(false);
});
