import type { FastifyInstance } from 'fastify';
import type { Committed, Transaction, Transactor } from '../data/write-route.ts';

/**
 * Makes this application break its guarantees on purpose, to show that judges and rollouts detect it. Off unless enabled by name.
 * `never-ready`: it starts and never becomes ready. `fail-requests`: it fails 2 % of its requests.
 */
export const SABOTAGES = ['ack-before-commit', 'never-ready', 'fail-requests'] as const;
export type Sabotage = (typeof SABOTAGES)[number];

/** Share of acknowledged transactions that are rolled back. */
const LOST_RATIO = 0.2;

class LostOnPurpose extends Error {}

/** Parses `HOLDFAST_SABOTAGE`. Throws for unknown names, because a sabotage that is silently ignored would prove nothing. */
export function parseSabotage(text: string | undefined): Sabotage | undefined {
  if (text === undefined || text === '') return undefined;
  const known = SABOTAGES.find((name) => name === text);
  if (known === undefined) throw new Error(`HOLDFAST_SABOTAGE=${text}: known are ${SABOTAGES.join(', ')}`);
  return known;
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

/** Share of requests that fail. */
const FAILED_RATIO = 0.02;

/** Requests of health checks must succeed: a load balancer would take the host out before a client notices. */
const HEALTH_PATHS = /^\/(?:livez|readyz)$/;

/** SABOTAGE: answers one in fifty requests with 500. */
export function failRequests(app: FastifyInstance, random: () => number): void {
  app.addHook('onRequest', async (request) => {
    if (!HEALTH_PATHS.test(request.url) && random() < FAILED_RATIO) throw new Error('sabotage: this request fails');
    return Promise.resolve();
  });
}
