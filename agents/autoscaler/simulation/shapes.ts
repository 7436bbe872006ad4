import { openRandom } from './random.ts';

/** Mean arrivals per second over time. */
export interface Trace {
  readonly name: string;
  /** One entry per second. */
  readonly rates: readonly number[];
  /** Share of refused requests that clients send again a second later. */
  readonly retryShare: number;
}

const MINUTE = 60;
const HOUR = 3_600;

/** Rates of the synthetic shapes. A host of the default pool serves 320 per second. */
const SHAPES: Readonly<Record<string, () => Omit<Trace, 'name'>>> = {
  'steady-noise': () => plain(noisy(hold(1_000, 4 * HOUR), 0.1)),
  step: () => plain([...hold(400, 5 * MINUTE), ...hold(1_200, 20 * MINUTE), ...hold(400, 15 * MINUTE)]),
  ramp: () =>
    plain([
      ...hold(400, 5 * MINUTE),
      ...line(400, 2_000, 10 * MINUTE),
      ...hold(2_000, 10 * MINUTE),
      ...line(2_000, 400, 10 * MINUTE),
      ...hold(400, 10 * MINUTE),
    ]),
  spike: () => plain([...hold(400, 10 * MINUTE), ...hold(1_600, MINUTE), ...hold(400, 20 * MINUTE)]),
  day: () => plain(noisy(day(), 0.05)),
  sawtooth: () => plain(Array.from({ length: 6 }, () => line(400, 1_600, 5 * MINUTE)).flat()),
  // Traffic that does not reach the pool, such as a network outage in front of it.
  outage: () => plain([...hold(1_000, 20 * MINUTE), ...hold(20, 10 * MINUTE), ...hold(1_000, 20 * MINUTE)]),
  // The same, but all clients return at once and repeat what is refused.
  'retry-storm': () => ({
    rates: [
      ...hold(1_000, 20 * MINUTE),
      ...hold(20, 10 * MINUTE),
      ...hold(1_800, MINUTE),
      ...line(1_800, 1_000, 2 * MINUTE),
      ...hold(1_000, 15 * MINUTE),
    ],
    retryShare: 0.8,
  }),
};

export const SHAPE_NAMES = Object.keys(SHAPES);

/** The shape of this name; undefined if there is none. */
export function findShape(name: string): Trace | undefined {
  const shape = SHAPES[name];
  return shape === undefined ? undefined : { name, ...shape() };
}

function plain(rates: readonly number[]): Omit<Trace, 'name'> {
  return { rates, retryShare: 0 };
}

function hold(rate: number, seconds: number): readonly number[] {
  return Array.from({ length: seconds }, () => rate);
}

function line(from: number, to: number, seconds: number): readonly number[] {
  return Array.from({ length: seconds }, (_, index) => from + ((to - from) * index) / seconds);
}

/** A working day: quiet at night, a peak before noon, a higher one in the evening. */
function day(): readonly number[] {
  const peak = (hour: number, at: number, width: number): number => Math.exp(-(((hour - at) / width) ** 2));
  return Array.from({ length: 24 * HOUR }, (_, second) => {
    const hour = second / HOUR;
    return 250 + 1_100 * peak(hour, 11, 2.5) + 1_600 * peak(hour, 20, 2);
  });
}

/** Multiplies every ten seconds by another number in 1 ± `share`. */
function noisy(rates: readonly number[], share: number): readonly number[] {
  const random = openRandom(7);
  let factor = 1;
  return rates.map((rate, second) => {
    if (second % 10 === 0) factor = 1 + share * Math.max(-1, Math.min(1, (random.events(100) - 100) / 15));
    return rate * factor;
  });
}
