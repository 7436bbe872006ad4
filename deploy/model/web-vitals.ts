/** A web vital as it is counted: https://web.dev/articles/vitals says what each is and where good and poor begin. */
export interface Vital {
  /** The histogram. */
  readonly metric: string;
  readonly unit: 'seconds' | '1';
  readonly help: string;
  /** The largest value that is good, and the largest that is not yet poor. Both are bounds of buckets. */
  readonly good: number;
  readonly poor: number;
  /** Upper bounds; few, since there is a series for each of them and every route. */
  readonly buckets: readonly number[];
  /** What no page that somebody looks at can reach: more is a broken clock or a lie. */
  readonly most: number;
}

/** By the name that beacons give it. */
export const VITALS = {
  lcp: {
    metric: 'web_vitals_lcp_seconds',
    unit: 'seconds',
    help: 'Largest contentful paint of opened pages.',
    good: 2.5,
    poor: 4,
    buckets: [0.1, 0.5, 1, 2.5, 4, 8],
    most: 120,
  },
  inp: {
    metric: 'web_vitals_inp_seconds',
    unit: 'seconds',
    help: 'Interaction to next paint of opened pages.',
    good: 0.2,
    poor: 0.5,
    buckets: [0.05, 0.1, 0.2, 0.5, 1],
    most: 60,
  },
  cls: {
    metric: 'web_vitals_cls',
    unit: '1',
    help: 'Cumulative layout shift of opened pages.',
    good: 0.1,
    poor: 0.25,
    buckets: [0.01, 0.05, 0.1, 0.25, 0.5],
    most: 50,
  },
  fcp: {
    metric: 'web_vitals_fcp_seconds',
    unit: 'seconds',
    help: 'First contentful paint of opened pages.',
    good: 1.8,
    poor: 3,
    buckets: [0.1, 0.5, 1, 1.8, 3, 6],
    most: 120,
  },
  ttfb: {
    metric: 'web_vitals_ttfb_seconds',
    unit: 'seconds',
    help: 'Time to the first byte of opened pages.',
    good: 0.8,
    poor: 1.8,
    buckets: [0.05, 0.2, 0.8, 1.8, 5],
    most: 120,
  },
} as const satisfies Readonly<Record<string, Vital>>;

export type VitalName = keyof typeof VITALS;

export const VITAL_NAMES = Object.keys(VITALS) as readonly VitalName[];

/** Why a beacon is not counted. */
export const BEACON_REFUSALS = [
  'too-many',
  'too-large',
  'media-type',
  'malformed',
  'unknown-route',
  'unknown-vital',
  'out-of-range',
] as const;

export type BeaconRefusal = (typeof BEACON_REFUSALS)[number];
