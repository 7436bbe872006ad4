import { isSlowKind, type RequestRecord } from '../evidence/request-record.ts';
import type { Window } from '../judge/judgement.ts';
import { quantile } from '../judge/quantile.ts';
import type { Bucket } from './outcome.ts';

/** Width of a bucket in the report's chart. */
export const BUCKET_MS = 100;

/**
 * Counts requests by their start. Tenths of a second without requests have an empty bucket, so that gaps are visible. Requests that are slow on purpose
 * have no part in the durations.
 */
export function bucketRecords(records: readonly RequestRecord[], window: Window, slowMs: number): readonly Bucket[] {
  const count = Math.max(0, Math.ceil((window.endMs - window.startMs) / BUCKET_MS));
  const groups = Map.groupBy(records, (record) => Math.floor((record.startMs - window.startMs) / BUCKET_MS));
  return Array.from({ length: count }, (_, index): Bucket => {
    const group = groups.get(index) ?? [];
    const answered = group.filter(({ ok }) => ok);
    const durations = answered.filter(({ kind }) => !isSlowKind(kind)).map(({ durationMs }) => durationMs);
    const slow = durations.filter((ms) => ms > slowMs).length;
    const medianMs = quantile(durations, 0.5);
    const worstMs = quantile(durations, 1);
    return {
      t: window.startMs + index * BUCKET_MS,
      ok: answered.length - slow,
      slow,
      failed: group.length - answered.length,
      ...(medianMs === undefined || worstMs === undefined ? {} : { medianMs, worstMs }),
    };
  });
}
