import type { AlertName } from '../names.ts';
import type { Alert } from '../alert.ts';

/** A service level objective (SLO) of one user journey. */
export interface Slo {
  /** `area/name`; value of the label `slo` of all its records. */
  readonly id: `${string}/${string}`;
  /** Expectation of the user, as a sentence. */
  readonly journey: string;
  /** The share of events that must be good, below 1. */
  readonly objective: number;
  readonly sli: Sli;
  readonly owner: Alert['owner'];
  /** Alert that fires when its events are not counted. */
  readonly coveredBy: AlertName;
  readonly alerts: Readonly<Record<'fast' | 'slow', AlertName>>;
  /** The failure, as the end of the sentence `12 % of …`. */
  readonly failing: string;
}

/** Service level indicator (SLI): always a ratio of sums over counters, never a mean of ratios. */
export type Sli =
  | {
      readonly kind: 'ratio';
      /** Selectors of counters. Bad events are events as well. */
      readonly events: string;
      readonly bad: string;
      /** A series that counts good events, and one that counts bad ones. */
      readonly example: { readonly good: string; readonly bad: string };
    }
  | {
      readonly kind: 'latency';
      /** A histogram of seconds, and matchers of the events that count. */
      readonly histogram: string;
      readonly matchers: string;
      /** Events up to this duration are good; must be a bucket boundary of the histogram. */
      readonly atMostSeconds: number;
      /** Labels of an example series. */
      readonly example: string;
    };
