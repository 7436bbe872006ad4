import { describe, expect, it } from 'vitest';
import { decideKnative, type KnativeInput, type KnativeSettings, type KnativeState } from './knative.ts';

const settings = (target: number, change: Partial<KnativeSettings> = {}): KnativeSettings => ({
  ...{ target, panicThreshold: 2, maxScaleUpRate: 10, maxScaleDownRate: 10, stableWindowSeconds: 60 },
  ...change,
});
const stable: KnativeState = { panicAt: undefined, panicHosts: 0 };

/** Decides a series, and returns the counts. */
function countsOf(
  inputs: readonly Partial<KnativeInput>[],
  options: { readonly target: number; readonly from?: KnativeState; readonly change?: Partial<KnativeSettings> },
): readonly number[] {
  let state = options.from ?? stable;
  return inputs.map((input) => {
    const whole = { ready: 1, stable: 0, panic: 0, atSecond: 0, ...input };
    const decided = decideKnative(state, whole, settings(options.target, options.change));
    ({ state } = decided);
    return decided.desired;
  });
}

/** The figures are those of `autoscaler_test.go` of Knative Serving. */
describe('the desired count', () => {
  it.each<[string, Partial<KnativeInput>, Parameters<typeof countsOf>[1], number]>([
    ['is 0 without load', {}, { target: 10 }, 0],
    ['follows the stable window', { stable: 50, panic: 10 }, { target: 10 }, 5],
    ['stays', { ready: 5, stable: 50, panic: 50 }, { target: 10 }, 5],
    ['falls', { ready: 8, stable: 50, panic: 50 }, { target: 10 }, 5],
    ['follows the panic window at twice the capacity', { stable: 50, panic: 100 }, { target: 10 }, 10],
    [
      'follows the stable window in a panic if that is higher',
      { ready: 5, stable: 50, panic: 30, atSecond: 5 },
      { target: 1, from: { panicAt: 0, panicHosts: 5 } },
      50,
    ],
    [
      'follows the panic window in a panic if that is higher',
      { ready: 5, stable: 20, panic: 30, atSecond: 5 },
      { target: 1, from: { panicAt: 0, panicHosts: 5 } },
      30,
    ],
    ['grows at most tenfold', { stable: 1_000, panic: 1_001 }, { target: 10 }, 10],
    ['shrinks at most to a tenth', { ready: 100, stable: 1, panic: 1 }, { target: 10 }, 10],
    [
      'grows by one despite a small rate',
      { ready: 2, stable: 3, panic: 3.1 },
      { target: 1, change: { maxScaleUpRate: 1.1 } },
      3,
    ],
    [
      'shrinks by a small rate',
      { ready: 100, stable: 1, panic: 1 },
      { target: 10, change: { maxScaleDownRate: 1.1 } },
      90,
    ],
    ['counts one host if none is ready', { ready: 0, stable: 1_000, panic: 888 }, { target: 10 }, 10],
  ])('%s', (...[, input, options, count]) => {
    expect(countsOf([input], options)).toEqual([count]);
  });
});

describe('a panic', () => {
  it('keeps its count, and ends after the stable window', () => {
    const counts = countsOf(
      [
        { stable: 100, panic: 100 },
        { ready: 10, stable: 100, panic: 1_000, atSecond: 0 },
        { ready: 10, stable: 1, panic: 1, atSecond: 30 },
        { ready: 10, stable: 1, panic: 1, atSecond: 61 },
      ],
      { target: 10 },
    );
    expect(counts).toEqual([10, 100, 100, 1]);
  });

  it('ends although the load grows slowly', () => {
    const counts = countsOf(
      [
        { ready: 10, stable: 11, panic: 25, atSecond: 0 },
        { ready: 40, stable: 30, panic: 41, atSecond: 30 },
        { ready: 55, stable: 50, panic: 56, atSecond: 62 },
      ],
      { target: 1 },
    );
    expect(counts).toEqual([25, 41, 50]);
  });

  it('lasts longer while the load is above the threshold', () => {
    let { state } = decideKnative(stable, { ready: 10, stable: 11, panic: 25, atSecond: 0 }, settings(1));
    ({ state } = decideKnative(state, { ready: 40, stable: 30, panic: 80, atSecond: 30 }, settings(1)));
    expect(state).toEqual({ panicAt: 30, panicHosts: 80 });
  });

  it('follows a load that grows exponentially', () => {
    const counts = countsOf(
      [1, 6, 36, 216, 1_296].map((ready, index) => {
        const load = Math.min(1_296, 6 * ready);
        return { ready, stable: load, panic: load, atSecond: index };
      }),
      { target: 1 },
    );
    expect(counts).toEqual([6, 36, 216, 1_296, 1_296]);
  });
});
