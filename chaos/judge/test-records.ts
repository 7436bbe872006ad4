import type { RequestRecord } from '../evidence/request-record.ts';

/** Start of the synthetic loads. */
export const T0 = 1_000_000;

export const WINDOW = { startMs: T0, endMs: T0 + 10_000 } as const;

/** A good request with the given changes. */
export function makeRecord(change: Partial<RequestRecord> = {}): RequestRecord {
  return {
    startMs: T0,
    durationMs: 5,
    kind: 'page',
    ok: true,
    status: 200,
    connection: 'new',
    target: 'virtual-address',
    ...change,
  };
}

/** A good request every `everyMs` of {@link WINDOW}, with the changes that `at` returns for its offset. */
export function makeLoad(
  everyMs: number,
  at: (offsetMs: number) => Partial<RequestRecord> = () => ({}),
): readonly RequestRecord[] {
  const count = Math.floor((WINDOW.endMs - WINDOW.startMs) / everyMs);
  return Array.from({ length: count }, (_, index) => {
    const offset = index * everyMs;
    return makeRecord({ startMs: T0 + offset, ...at(offset) });
  });
}

export const FAILED = { ok: false, status: 0, error: 'dial: connection refused' } as const;

/** Failed requests between two offsets. */
export function outageBetween(fromMs: number, toMs: number): (offsetMs: number) => Partial<RequestRecord> {
  return (offsetMs) => (offsetMs >= fromMs && offsetMs < toMs ? FAILED : {});
}
