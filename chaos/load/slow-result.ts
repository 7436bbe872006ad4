import { outcomeOf } from '../evidence/load-log.ts';
import type { RequestRecord } from '../evidence/request-record.ts';
import type { OrderAttempt } from '../evidence/write-ledger.ts';
import type { Transfer } from './transfer.ts';

export interface SlowResult {
  /** In the order in which they ended; kinds `slow-upload` and `long-download`. */
  readonly records: readonly RequestRecord[];
  /** The orders among the uploads, for the ledger of the run. */
  readonly orders: readonly OrderAttempt[];
  /** Transfers that are not evidence, because this machine delayed them. With any of them, judges turn `held` into `unknown`. */
  readonly problems: readonly string[];
}

type Purpose = Pick<RequestRecord, 'kind' | 'target'>;

/** Collects the records and the orders of slow clients. */
export class SlowLog {
  readonly records: RequestRecord[] = [];
  readonly #orders = new Map<string, OrderAttempt>();
  readonly #problems: string[] = [];

  /** An order is about to be sent. */
  attempt(key: string): void {
    this.#orders.set(key, { key, startMs: Date.now(), outcome: 'unknown' });
  }

  /** A transfer has ended. `failure`: why it is not a success. */
  add(transfer: Transfer, of: Purpose, failure: string | undefined): void {
    // This machine may have caused the failure of a delayed transfer.
    if (transfer.clientProblem !== undefined && failure !== undefined) this.#problems.push(transfer.clientProblem);
    else this.records.push(recordOf(transfer, of, failure));
  }

  /** Like {@link add}, for an order: `orderId` is the acknowledged one. */
  addOrder(
    transfer: Transfer,
    of: Purpose & { readonly key: string; readonly orderId: string | undefined },
    failure: string | undefined,
  ): void {
    const { key, orderId, ...purpose } = of;
    this.add(transfer, purpose, failure);
    const record = recordOf(transfer, purpose, failure);
    const attempt = { key, startMs: record.startMs, outcome: outcomeOf(record, orderId) };
    this.#orders.set(key, orderId === undefined ? attempt : { ...attempt, orderId });
  }

  result(): SlowResult {
    return { records: this.records, orders: [...this.#orders.values()], problems: this.#problems };
  }
}

function recordOf(
  { startMs, durationMs, status, headers }: Transfer,
  of: Purpose,
  failure: string | undefined,
): RequestRecord {
  const [host, traceId] = [headers.get('x-served-by'), headers.get('x-trace-id')];
  return {
    ...{ startMs, durationMs, ...of, ok: failure === undefined, status, connection: 'new' },
    ...(failure === undefined ? {} : { error: failure }),
    ...(host === undefined ? {} : { host }),
    ...(traceId === undefined || failure === undefined ? {} : { traceId }),
  };
}
