import { OWN_PROMETHEUS } from '../deploy/model/scrape-jobs.ts';

/** What a case shows. Every alert needs one of each kind; `absent` shows what {@link OnAbsent} says. */
export const CASE_KINDS = ['fires', 'quiet', 'absent', 'resolves'] as const;

/** How a series goes: values with the seconds that each lasts; `null`: the target fails, so it ends; `missing`: nobody scrapes, so its last value stays. */
export type Samples = readonly (readonly [value: number | null | 'missing', seconds: number])[];

/** How a counter goes for long: stretches of even growth. */
export interface Counting {
  readonly stretches: readonly {
    readonly perSecond: number;
    readonly seconds: number;
    /** Where it begins, as after a restart; else where it was. */
    readonly from?: number;
  }[];
}

/** A counter in stretches of even growth, each for its seconds. */
export function grows(...stretches: readonly (readonly [perSecond: number, seconds: number])[]): Counting {
  return { stretches: stretches.map(([perSecond, seconds]) => ({ perSecond, seconds })) };
}

/** Selectors with all their labels → courses: what Prometheus would have scraped. */
export type Series = Readonly<Record<string, Samples | Counting>>;

/** One alert that must be there. */
export interface ExpectedAlert {
  /** The labels that come from the expression. */
  readonly labels: Readonly<Record<string, string>>;
  /** What `{{ $value }}` becomes, where the texts use it. */
  readonly value?: string;
}

/** One test of one alert: what is scraped, and which alerts of that name fire at given times. */
export interface AlertCase {
  readonly kind: (typeof CASE_KINDS)[number];
  readonly title: string;
  readonly series: Series;
  readonly expect: readonly { readonly atS: number; readonly alerts: readonly ExpectedAlert[] }[];
  /** How many alerts of that name fire, whatever they say. */
  readonly firing?: readonly { readonly atS: number; readonly count: number }[];
  /** What an expression is. */
  readonly values?: readonly { readonly atS: number; readonly expr: string; readonly value: number }[];
}

/** Before anything turned; well after it turned; after it turned back (see {@link step}, {@link dip}). */
const [BEFORE_S, DURING_S, AFTER_S] = [18, 58, 100];
/** Times between which a short disturbance could have fired. */
const SOON_S = [22, 24, 26, 28, 30];

/** Nothing before, these alerts during the fault. */
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

/** Nothing at any time. */
export function quiet(title: string, series: Series): AlertCase {
  const times = [BEFORE_S, ...SOON_S, DURING_S, AFTER_S];
  return { kind: 'quiet', title, series, expect: times.map((atS) => ({ atS, alerts: [] })) };
}

/** These alerts (or none) when the metrics are not there. */
export function absent(title: string, series: Series, ...alerts: readonly ExpectedAlert[]): AlertCase {
  return { kind: 'absent', title, series, expect: [{ atS: DURING_S, alerts }] };
}

/** These alerts during the fault, none after it. */
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

/** The same case for an alert that is slow to fire: what is expected is expected later. Series must go on so long. */
export function slowCase(one: AlertCase): AlertCase {
  const later: Readonly<Record<number, number>> = { [DURING_S]: 110, [AFTER_S]: 150 };
  return { ...one, expect: one.expect.map(({ atS, alerts }) => ({ atS: later[atS] ?? atS, alerts })) };
}

/** The same value all the time. */
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

/** Another value for one look and until the next one, `everyMs` later. */
export const blip = (value: number | null, other: number | null, everyMs: number): Samples =>
  dip(value, other, everyMs / 1000);

/** A counter that grows by `rates` per second, each rate for its seconds. */
export function counts(...rates: readonly (readonly [perSecond: number, seconds: number])[]): Samples {
  let value = 0;
  return rates.flatMap(([perSecond, seconds]) =>
    Array.from({ length: seconds / STEP_S }, () => [(value += perSecond * STEP_S), STEP_S] as const),
  );
}

/** Between two samples of a case's series. */
export const STEP_S = 2;

const OWN = `{host="mon1",instance="${OWN_PROMETHEUS}",job="prometheus"}`;
/** What Prometheus knows of itself, in cases. */
export const OWN_UP = `up${OWN}`;
export const OWN_START = `process_start_time_seconds${OWN}`;

/** A gauge that does not change for a quarter of an hour. */
export const steady = (value: number): Counting => ({ stretches: [{ from: value, perSecond: 0, seconds: 900 }] });

/** What a case needs that takes longer than others. */
export const SELF_FOR_LONG: Series = { [OWN_UP]: steady(1) };

/** What every case gets unless it says otherwise: Prometheus scrapes at least itself. */
export const SELF: Series = { [OWN_UP]: always(1) };
