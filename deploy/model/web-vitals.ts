/** Histogram of a web vital; https://web.dev/articles/vitals defines the vitals and their thresholds. */
export interface Vital {
  /** The histogram. */
  readonly metric: string;
  readonly unit: 'seconds' | '1';
  readonly help: string;
  /** Largest good value, and largest value that is not poor. Both are bucket bounds. */
  readonly good: number;
  readonly poor: number;
  /** Upper bounds; few, because each makes a series per route. */
  readonly buckets: readonly number[];
  /** Larger values are rejected: no visible page reaches them, so the clock is wrong or the value is forged. */
  readonly max: number;
}

/** By the name in beacons. */
export const VITALS = {
  lcp: {
    metric: 'web_vitals_lcp_seconds',
    unit: 'seconds',
    help: 'Largest contentful paint of opened pages.',
    good: 2.5,
    poor: 4,
    buckets: [0.1, 0.5, 1, 2.5, 4, 8],
    max: 120,
  },
  inp: {
    metric: 'web_vitals_inp_seconds',
    unit: 'seconds',
    help: 'Interaction to next paint of opened pages.',
    good: 0.2,
    poor: 0.5,
    buckets: [0.05, 0.1, 0.2, 0.5, 1],
    max: 60,
  },
  cls: {
    metric: 'web_vitals_cls',
    unit: '1',
    help: 'Cumulative layout shift of opened pages.',
    good: 0.1,
    poor: 0.25,
    buckets: [0.01, 0.05, 0.1, 0.25, 0.5],
    max: 50,
  },
  fcp: {
    metric: 'web_vitals_fcp_seconds',
    unit: 'seconds',
    help: 'First contentful paint of opened pages.',
    good: 1.8,
    poor: 3,
    buckets: [0.1, 0.5, 1, 1.8, 3, 6],
    max: 120,
  },
  ttfb: {
    metric: 'web_vitals_ttfb_seconds',
    unit: 'seconds',
    help: 'Time to the first byte of opened pages.',
    good: 0.8,
    poor: 1.8,
    buckets: [0.05, 0.2, 0.8, 1.8, 5],
    max: 120,
  },
} as const satisfies Readonly<Record<string, Vital>>;

export type VitalName = keyof typeof VITALS;

export const VITAL_NAMES = Object.keys(VITALS) as readonly VitalName[];

/** Reasons to reject a beacon. */
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
