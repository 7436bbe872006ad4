/**
 * Outcome of a write as seen by the client. `rejected`: the server answered that it did nothing. `unknown`: a timeout, a reset or a 5xx, after which
 * the write may have happened.
 */
export const WRITE_OUTCOMES = ['acknowledged', 'rejected', 'unknown'] as const;
export type WriteOutcome = (typeof WRITE_OUTCOMES)[number];

/** One order that the load tried to place. It is logged before it is sent, so that an interrupted attempt has an entry, too. */
export interface OrderAttempt {
  /** The Idempotency-Key, `<runId>-<n>`, unique in the run. */
  readonly key: string;
  /** Milliseconds since the epoch. */
  readonly startMs: number;
  readonly outcome: WriteOutcome;
  /** The server's ID of the order; only of acknowledged ones. */
  readonly orderId?: string;
}

/** One order of the run as a database node has it. */
export interface StoredOrder {
  readonly key: string;
  readonly orderId?: string;
}

/**
 * All orders of the run on one database node, read after the revert of the fault, once the node has caught up with the others.
 * A node that could not be read has no entry: that makes the verdict `unknown`.
 */
export interface ReadBack {
  /** Host of the topology: `db1` … */
  readonly node: string;
  /** One entry per stored row, so that a key stored twice is seen. */
  readonly orders: readonly StoredOrder[];
}

/** The evaluated write ledger: attempts compared with the stored orders, counted as by Jepsen's `set` checker. All lists are sorted keys. */
export interface LedgerResult {
  readonly attempted: number;
  readonly acknowledged: number;
  readonly rejected: number;
  readonly unknown: number;
  /** Outcome unknown to the client, and stored: allowed. */
  readonly recovered: number;
  /** Acknowledged, found on no node. */
  readonly lost: readonly string[];
  /** Stored although never attempted, or although rejected. */
  readonly unexpected: readonly string[];
  /** Stored more than once on one node. */
  readonly duplicated: readonly string[];
  /** Stored under another order ID than the acknowledged one. */
  readonly mismatched: readonly string[];
  readonly nodes: readonly NodeLedger[];
}

interface NodeLedger {
  readonly node: string;
  readonly present: number;
  /** Acknowledged orders that other nodes have and this one lacks. */
  readonly missing: readonly string[];
}
