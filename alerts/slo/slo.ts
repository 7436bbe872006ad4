import type { AlertName } from '../names.ts';
import type { Alert } from '../alert.ts';

/** What users may expect of one journey, in numbers. */
export interface Slo {
  /** `area/name`; the label `slo` of everything that is recorded of it. */
  readonly id: `${string}/${string}`;
  /** What the user does. */
  readonly journey: string;
  /** The share of events that must be good, below 1. */
  readonly objective: number;
  readonly sli: Sli;
  readonly owner: Alert['owner'];
  /** Who tells when nothing is counted. */
  readonly coveredBy: AlertName;
  readonly alerts: Readonly<Record<'fast' | 'slow', AlertName>>;
  /** What went wrong, as an end of the sentence `12 % of …`. */
  readonly failing: string;
}

/** What is counted as good: always a ratio of sums over counters, never a mean of ratios. */
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
      /** At most this long is good; a boundary of the histogram's buckets. */
      readonly atMostSeconds: number;
      /** The labels of a series that counts. */
      readonly example: string;
    };
