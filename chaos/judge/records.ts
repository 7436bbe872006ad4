import { isSlowKind, type RequestRecord } from '../evidence/request-record.ts';
import type { Window } from './judgement.ts';

/** Whether a request failed or was answered too late. A request that is slow on purpose is never too late. */
export function isBad(record: RequestRecord, slowMs: number): boolean {
  return !record.ok || (record.durationMs > slowMs && !isSlowKind(record.kind));
}

/** The records that began in a window, sorted by time. Ties are sorted by other fields, so that the order of the input does not matter. */
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

/** Problems of records: none in the window, or invalid times. `inside` are the records of the window. */
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
