import type { RequestRecord } from '../evidence/request-record.ts';
import type { Window } from './judgement.ts';

/** Failed, or answered too late to be of use. */
export function isBad(record: RequestRecord, slowMs: number): boolean {
  return !record.ok || record.durationMs > slowMs;
}

/** The records that began in a window, in the order of time; ties in an order of their own, whatever order they came in. */
export function recordsIn(records: readonly RequestRecord[], window: Window): readonly RequestRecord[] {
  return records
    .filter((record) => record.startMs >= window.startMs && record.startMs < window.endMs)
    .sort(
      (a, b) =>
        a.startMs - b.startMs ||
        a.durationMs - b.durationMs ||
        a.kind.localeCompare(b.kind) ||
        a.target.localeCompare(b.target) ||
        a.status - b.status,
    );
}

/** What makes records unfit to judge by: none at all, or times that are no times. `inside` are those of the window. */
export function checkRecords(records: readonly RequestRecord[], inside: readonly RequestRecord[]): readonly string[] {
  const reasons: string[] = [];
  if (inside.length === 0) reasons.push('no request began in the window');
  const broken = records.filter((record) => !isTime(record.startMs) || !isTime(record.durationMs)).length;
  if (broken > 0) reasons.push(`${broken} records have no usable time`);
  return reasons;
}

function isTime(value: number): boolean {
  return Number.isFinite(value) && value >= 0;
}
