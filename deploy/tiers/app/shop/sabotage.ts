import type { Committed, Transaction, Transactor } from '../data/write-route.ts';

/** How this application can be made to break its promise, to show that the judges notice. Off unless asked for by name. */
export type Sabotage = 'ack-before-commit';

/** Share of acknowledged transactions that are rolled back. */
const LOST_RATIO = 0.2;

class LostOnPurpose extends Error {}

/** Reads `HOLDFAST_SABOTAGE`. Unknown names throw: a sabotage that silently does not happen would prove nothing. */
export function parseSabotage(text: string | undefined): Sabotage | undefined {
  if (text === undefined || text === '') return undefined;
  if (text === 'ack-before-commit') return text;
  throw new Error(`HOLDFAST_SABOTAGE=${text}: the only sabotage there is is ack-before-commit`);
}

/**
 * SABOTAGE: answers before COMMIT. One acknowledged transaction in five is rolled back, and one that fails after it was acknowledged is
 * not repeated.
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
