import type { RequestKind, RequestRecord } from '../evidence/request-record.ts';
import type { Verdict } from '../../kit/verdict.ts';
import type { Judgement, Window } from './judgement.ts';
import { judgeLatency } from './latency.ts';

export interface LatencyRatioBudget {
  /** Which quantile, 0 … 1: 0.99 is the p99. */
  readonly quantile: number;
  /** The limit during the event, as a multiple of the baseline. */
  readonly ratio: number;
  /** The limit is never below this: with a fast baseline, its multiple is a difference that no user notices. */
  readonly leastMs: number;
}

export interface LatencyRatioOptions {
  readonly budget: LatencyRatioBudget;
  readonly kinds: readonly RequestKind[];
  /** Before the event, under the same load. */
  readonly baseline: Window;
  readonly problems?: readonly string[];
}

export interface LatencyRatioMeasured {
  /** Requests of these kinds during the event. */
  readonly requests: number;
  /** The quantile during the event, milliseconds; undefined if it is a failed request, or without requests. */
  readonly valueMs?: number;
  /** The quantile of the baseline, milliseconds; undefined if it has too few requests. */
  readonly baselineMs?: number;
  /** The limit, milliseconds; undefined without a baseline. */
  readonly limitMs?: number;
}

/**
 * Judges a quantile of durations during an event against the same quantile before it: at most `ratio` times as long, or `leastMs`. A value within
 * `leastMs` needs no baseline. A larger one is `unknown` without a valid baseline.
 */
export function judgeLatencyRatio(
  records: readonly RequestRecord[],
  event: Window,
  { budget, kinds, baseline, problems = [] }: LatencyRatioOptions,
): Judgement<LatencyRatioMeasured, LatencyRatioBudget> {
  const { quantile, ratio, leastMs } = budget;
  const before = judgeLatency(records, baseline, { budget: { quantile, maxMs: Infinity }, kinds });
  const baselineMs = before.verdict === 'held' ? before.measured.valueMs : undefined;
  const limitMs = baselineMs === undefined ? undefined : Math.max(ratio * baselineMs, leastMs);
  const judged = judgeLatency(records, event, { budget: { quantile, maxMs: limitMs ?? leastMs }, kinds, problems });
  const { requests, valueMs } = judged.measured;
  // Over the lowest limit, but a slow baseline might allow it. A failed request, which has no value, is over every limit.
  const isOpen = judged.verdict === 'violated' && limitMs === undefined && valueMs !== undefined;
  const doubts = [...problems, ...before.reasons.map((reason) => `no baseline: ${reason}`)];
  return {
    verdict: isOpen ? ('unknown' satisfies Verdict) : judged.verdict,
    measured: {
      requests,
      ...(valueMs === undefined ? {} : { valueMs }),
      ...(baselineMs === undefined ? {} : { baselineMs }),
      ...(limitMs === undefined ? {} : { limitMs }),
    },
    budget,
    evidence: judged.evidence,
    reasons: isOpen ? doubts : judged.reasons,
  };
}
