/**
 * What the client knows of a write. `rejected` only where the server said that it did nothing; a timeout, a reset or a 5xx
 * is `unknown`: it may have happened.
 */
export const WRITE_OUTCOMES = ['acknowledged', 'rejected', 'unknown'] as const;
export type WriteOutcome = (typeof WRITE_OUTCOMES)[number];

/** One order that the load tried to place. Noted before it is sent, so that an attempt cut off has an entry too. */
export interface OrderAttempt {
  /** The Idempotency-Key, `<runId>-<n>`, unique in the run. */
  readonly key: string;
  /** Milliseconds since the epoch. */
  readonly startMs: number;
  readonly outcome: WriteOutcome;
  /** What the server called the order; only of acknowledged ones. */
  readonly orderId?: string;
}

/** One order of the run as a database node has it. */
export interface StoredOrder {
  readonly key: string;
  readonly orderId?: string;
}

/**
 * All orders of the run on one database node, read after healing and after the node has applied what the others had.
 * A node that could not be read has no entry: that makes the verdict `unknown`.
 */
export interface ReadBack {
  /** Host of the topology: `db1` … */
  readonly node: string;
  /** One entry per stored row, so that a key stored twice is seen. */
  readonly orders: readonly StoredOrder[];
}

/** The write ledger, closed: attempts against what was found, as Jepsen's `set` checker counts. All lists are sorted keys. */
export interface LedgerResult {
  readonly attempted: number;
  readonly acknowledged: number;
  readonly rejected: number;
  readonly unknown: number;
  /** Unknown to the client, found stored: allowed. */
  readonly recovered: number;
  /** Acknowledged, found on no node. */
  readonly lost: readonly string[];
  /** Stored, though never attempted or said to be rejected. */
  readonly unexpected: readonly string[];
  /** Stored more than once on one node. */
  readonly duplicated: readonly string[];
  /** Stored under another order id than the client was told. */
  readonly mismatched: readonly string[];
  readonly nodes: readonly NodeLedger[];
}

interface NodeLedger {
  readonly node: string;
  readonly present: number;
  /** Acknowledged orders that other nodes have and this one has not. */
  readonly missing: readonly string[];
}
