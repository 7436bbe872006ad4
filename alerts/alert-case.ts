import { OWN_PROMETHEUS } from '../deploy/model/scrape-jobs.ts';

/** Kinds of test cases. Every alert needs a case of each kind; `absent` tests {@link OnAbsent}. */
export const CASE_KINDS = ['fires', 'quiet', 'absent', 'resolves'] as const;

/** Values of a series, each with its duration in seconds. `null`: the target fails, so the series ends; `missing`: no scrape happens, so the last value stays. */
export type Samples = readonly (readonly [value: number | null | 'missing', seconds: number])[];

/** Values of a series over a long time: stretches of linear growth. */
export interface Counting {
  readonly stretches: readonly {
    readonly perSecond: number;
    readonly seconds: number;
    /** Initial value, as after a restart; by default it continues from the last value. */
    readonly from?: number;
  }[];
}

/** A counter with stretches of linear growth, each for a number of seconds. */
export function grows(...stretches: readonly (readonly [perSecond: number, seconds: number])[]): Counting {
  return { stretches: stretches.map(([perSecond, seconds]) => ({ perSecond, seconds })) };
}

/** Series with all their labels → values, as Prometheus would have scraped them. */
export type Series = Readonly<Record<string, Samples | Counting>>;

/** An alert that must fire. */
export interface ExpectedAlert {
  /** The labels that come from the expression. */
  readonly labels: Readonly<Record<string, string>>;
  /** Rendered `{{ $value }}`, if the texts use it. */
  readonly value?: string;
}

/** One test of one alert: scraped series, and the alerts of that name that fire at given times. */
export interface AlertCase {
  readonly kind: (typeof CASE_KINDS)[number];
  readonly title: string;
  readonly series: Series;
  readonly expect: readonly { readonly atS: number; readonly alerts: readonly ExpectedAlert[] }[];
  /** Number of firing alerts of that name, with any labels and texts. */
  readonly firing?: readonly { readonly atS: number; readonly count: number }[];
  /** Values of expressions. */
  readonly values?: readonly { readonly atS: number; readonly expr: string; readonly value: number }[];
}

/** Times before the change, during it, and after it was reverted (see {@link step}, {@link dip}). */
const [BEFORE_S, DURING_S, AFTER_S] = [18, 58, 100];
/** Times at which an alert could fire for a short disturbance. */
const SOON_S = [22, 24, 26, 28, 30];

/** No alert before the fault, these alerts during it. */
export function fires(title: string, series: Series, ...alerts: readonly ExpectedAlert[]): AlertCase {
  return {
    kind: 'fires',
    title,
    series,
    expect: [
      { atS: BEFORE_S, alerts: [] },
      { atS: DURING_S, alerts },
    ],
  };
}

/** No alert at any time. */
export function quiet(title: string, series: Series): AlertCase {
  const times = [BEFORE_S, ...SOON_S, DURING_S, AFTER_S];
  return { kind: 'quiet', title, series, expect: times.map((atS) => ({ atS, alerts: [] })) };
}

/** These alerts (or none) when the metrics are missing. */
export function absent(title: string, series: Series, ...alerts: readonly ExpectedAlert[]): AlertCase {
  return { kind: 'absent', title, series, expect: [{ atS: DURING_S, alerts }] };
}

/** These alerts during the fault, no alert after it. */
export function resolves(title: string, series: Series, ...alerts: readonly ExpectedAlert[]): AlertCase {
  return {
    kind: 'resolves',
    title,
    series,
    expect: [
      { atS: DURING_S, alerts },
      { atS: AFTER_S, alerts: [] },
    ],
  };
}

/** The same case for an alert that fires late, with later times of the expectations. The series must last that long. */
export function slowCase(one: AlertCase): AlertCase {
  const later: Readonly<Record<number, number>> = { [DURING_S]: 110, [AFTER_S]: 150 };
  return { ...one, expect: one.expect.map(({ atS, alerts }) => ({ atS: later[atS] ?? atS, alerts })) };
}

/** A constant value. */
export const always = (value: number | null): Samples => [[value, 160]];

/** A value for 20 s, then another one. */
export const step = (before: number | null, after: number | null): Samples => [
  [before, 20],
  [after, 140],
];

/** A value for 20 s, another one for `seconds`, then the first one again. */
export const dip = (value: number | null, dip: number | null, seconds = 40): Samples => [
  [value, 20],
  [dip, seconds],
  [value, 140 - seconds],
];

/** Another value in one scrape, until the next one `everyMs` later. */
export const blip = (value: number | null, other: number | null, everyMs: number): Samples =>
  dip(value, other, everyMs / 1000);

/** A counter that grows by `rates` per second, each rate for its seconds. */
export function counts(...rates: readonly (readonly [perSecond: number, seconds: number])[]): Samples {
  let value = 0;
  return rates.flatMap(([perSecond, seconds]) =>
    Array.from({ length: seconds / STEP_S }, () => [(value += perSecond * STEP_S), STEP_S] as const),
  );
}

/** Interval between samples of a case's series. */
export const STEP_S = 2;

const OWN = `{host="mon1",instance="${OWN_PROMETHEUS}",job="prometheus"}`;
/** Series of Prometheus about itself, for cases. */
export const OWN_UP = `up${OWN}`;
export const OWN_START = `process_start_time_seconds${OWN}`;

/** A gauge that is constant for a quarter of an hour. */
export const steady = (value: number): Counting => ({ stretches: [{ from: value, perSecond: 0, seconds: 900 }] });

/** {@link SELF} for cases that take longer. */
export const SELF_FOR_LONG: Series = { [OWN_UP]: steady(1) };

/** Default series of every case: Prometheus scrapes at least itself. */
export const SELF: Series = { [OWN_UP]: always(1) };
