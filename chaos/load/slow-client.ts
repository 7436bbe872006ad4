import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { PATHS } from '../../kit/paths.ts';
import type { RequestRecord } from '../evidence/request-record.ts';
import type { LoadTarget } from './load-run.ts';
import { SlowLog, type SlowResult } from './slow-result.ts';
import { downloadOnce, logIn, noAnswer, readFiles, uploadOnce, type SlowContext } from './slow-transfers.ts';

export interface SlowClientOptions {
  /** Used in turn, so that each client visits each of them. */
  readonly targets: readonly LoadTarget[];
  /** As of the load: begins every Idempotency-Key, so that the ledger of the run has these orders too. */
  readonly runId: string;
  /** Transfers at the same time. Each client begins the next transfer when the last one has ended. */
  readonly uploads: number;
  readonly downloads: number;
  /** No transfer begins later than this after the start. */
  readonly seconds: number;
  /** Ends the clients at once; in-flight transfers get no record, and in-flight orders are `unknown`. */
  readonly signal: AbortSignal;
}

/** Slow clients that are running. Disposing ends them at once. */
export interface SlowClients extends AsyncDisposable {
  /** The records so far. */
  readonly records: readonly RequestRecord[];
  /** Begins no further transfer, waits for those in flight (20 s at most), and returns the result. Throws what ended a client. */
  stop(): Promise<SlowResult>;
}

/** The first transfers of all clients begin within this time, evenly spread, so that an event finds transfers in every stage. */
const SPREAD_MS = 3_000;

/**
 * Starts clients that send the bodies of logins and orders a byte at a time (3 to 4.2 s each) and clients that read pages and static files slowly (3 to
 * 8 s each). Reads the expected files and logs in before that. Throws `load-failed` if the shop does not answer, because then no load is possible.
 */
export async function startSlowClients(options: SlowClientOptions): Promise<SlowClients> {
  const { targets, runId, uploads, downloads, seconds } = options;
  const ended = new AbortController();
  const signal = AbortSignal.any([options.signal, ended.signal]);
  const authority = await readFile(join(PATHS.secrets, 'ca-cert'), 'utf8');
  const log = new SlowLog();
  const context: SlowContext = { targets, runId, transport: { authority, signal }, log };
  const files = await readFiles(context);
  const session = await logIn(context, 'setup');
  if (session === undefined) throw noAnswer('no login succeeded');
  const stopping = new AbortController();
  const limit = AbortSignal.any([signal, stopping.signal, AbortSignal.timeout(seconds * 1_000)]);
  const sessions = new Map<number, string>();
  const clients = [
    ...startClients(uploads, limit, (number, worker) => uploadOnce(context, { number, worker, sessions, session })),
    ...startClients(downloads, limit, (number) => downloadOnce(context, { number, files })),
  ];
  // A caller that only disposes of the clients does not await them.
  for (const client of clients) client.catch(() => undefined);
  return {
    records: log.records,
    stop: async () => {
      stopping.abort();
      await Promise.all(clients);
      return log.result();
    },
    [Symbol.asyncDispose]: async () => {
      ended.abort();
      await Promise.allSettled(clients);
    },
  };
}

/** Starts clients, each with one transfer after the other until `limit` aborts. */
function startClients(
  count: number,
  limit: AbortSignal,
  transfer: (number: number, worker: number) => Promise<void>,
): readonly Promise<void>[] {
  return Array.from({ length: count }, async (_, worker) => {
    await sleep((worker * SPREAD_MS) / count, undefined, { signal: limit }).catch(() => undefined);
    for (let round = 0; !limit.aborted; round += 1) await transfer(round * count + worker, worker);
  });
}
