import { describe, expect, it } from 'vitest';
import { forecastRate, PERIOD_MS } from './forecast.ts';

const DAY_MS = 86_400_000;
const now = Date.UTC(2026, 5, 1, 9);

/** A history with these rates at the time of `now`, by days ago. */
const past = (rates: Readonly<Record<number, number>>, offsetMs = 0): Map<number, number> =>
  new Map(
    Object.entries(rates).map(([days, rate]) => [
      Math.floor((now + offsetMs - Number(days) * DAY_MS) / PERIOD_MS),
      rate,
    ]),
  );

describe('the forecast', () => {
  it.each<[string, Readonly<Record<number, number>>, number | undefined]>([
    ['is unknown without history', {}, undefined],
    ['is unknown after two days', { 1: 100, 2: 100 }, undefined],
    ['is the median of the same time of the last days', { 1: 100, 2: 120, 3: 900 }, 120],
    ['ignores one day with an outage', { 1: 2, 2: 110, 3: 100 }, 100],
    ['prefers the same weekday', { 1: 100, 2: 100, 3: 100, 7: 400, 14: 420 }, 400],
    ['needs more than one of the same weekday', { 1: 100, 2: 100, 3: 100, 7: 400 }, 100],
    ['ignores rates that are no number', { 1: NaN, 2: 100, 3: 100 }, undefined],
  ])('%s', (_, rates, expected) => {
    expect(forecastRate(past(rates), now, 0)).toBe(expected);
  });

  it('covers the time until a started host is in rotation', () => {
    const history = past({ 1: 800, 2: 800, 3: 800 }, PERIOD_MS);
    expect(forecastRate(history, now, 1_000)).toBeUndefined();
    expect(forecastRate(history, now, PERIOD_MS)).toBe(800);
  });
});
