import type { Committed, Transaction, Transactor } from '../data/write-route.ts';

/** Makes this application break its guarantees on purpose, to show that the judges detect it. Off unless enabled by name. */
export type Sabotage = 'ack-before-commit';

/** Share of acknowledged transactions that are rolled back. */
const LOST_RATIO = 0.2;

class LostOnPurpose extends Error {}

/** Parses `HOLDFAST_SABOTAGE`. Throws for unknown names, because a sabotage that is silently ignored would prove nothing. */
export function parseSabotage(text: string | undefined): Sabotage | undefined {
  if (text === undefined || text === '') return undefined;
  if (text === 'ack-before-commit') return text;
  throw new Error(`HOLDFAST_SABOTAGE=${text}: the only sabotage there is is ack-before-commit`);
}

/**
 * SABOTAGE: responds before COMMIT. One in five acknowledged transactions is rolled back. A transaction that fails after it was acknowledged
 * is not retried.
 */
export function ackBeforeCommit(writes: Transactor, random: () => number): Transactor {
  return {
    transact: <T>(operation: string, work: (transaction: Transaction) => Promise<T>) =>
      new Promise<Committed<T>>((resolve, reject) => {
        let isAcknowledged = false;
        writes
          .transact(operation, async (transaction) => {
            if (isAcknowledged) throw new LostOnPurpose();
            const value = await work(transaction);
            isAcknowledged = true;
            resolve({ value, gtids: [] });
            if (random() < LOST_RATIO) throw new LostOnPurpose();
            return value;
          })
          .catch(reject);
      }),
  };
}
