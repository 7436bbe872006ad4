import type { WriteOutcome } from './write-ledger.ts';

/** One write of the cache ledger. Its key is written once only. */
export interface CacheWrite {
  /** `ledger:<runId>:<n>`. */
  readonly key: string;
  readonly value: string;
  /** Milliseconds since the epoch. */
  readonly startMs: number;
  readonly endMs: number;
  readonly outcome: WriteOutcome;
}

/** The writes of a run that one cache host has. */
export interface CacheReadBack {
  /** Host of the topology: `cache1` … */
  readonly node: string;
  /** Key → value. */
  readonly values: ReadonlyMap<string, string>;
}

/** All evidence of a cache ledger. */
export interface CacheEvidence {
  readonly writes: readonly CacheWrite[];
  readonly readBacks: readonly CacheReadBack[];
  readonly problems: readonly string[];
}
