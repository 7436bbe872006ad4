import { setTimeout as sleep } from 'node:timers/promises';
import type { Connection } from 'mysql2/promise';
import { z } from 'zod';
import { waitFor } from '../../kit/deadline.ts';
import { HoldfastError, messageOf } from '../../kit/errors.ts';
import { hostsOf, type Host } from '../model/topology.ts';
import { openNode } from '../observe/db-connection.ts';
import { readDbGroup } from '../observe/db-group.ts';
import type { StackContext } from '../observe/observation.ts';
import { chooseNextPrimary, type Candidate } from './choose-next-primary.ts';
import { findIdle, findOpenSince } from './idle-sessions.ts';
import { nameOf, openSessionWatch, type SessionWatch } from './open-sessions.ts';
import { readCandidate, readCandidates } from './read-candidates.ts';
import { waitForRoutes } from './wait-for-routes.ts';
import { waitUntilMet } from './wait-until-met.ts';

interface SwitchDatabaseOptions {
  /** The next primary. Default: the secondary with the shortest queue and the least lag. */
  readonly to?: string;
  /**
   * Leaves open transactions to the server, with this timeout, instead of ending idle ones. The server then refuses **every** statement of clients until
   * the transactions have ended. Only to show what this costs.
   */
  readonly serverTimeoutSeconds?: number;
  readonly signal: AbortSignal;
  readonly onProgress: (line: string) => void;
}

interface DatabaseSwitch {
  readonly from: string;
  readonly to: string;
  /** From the call until all running load balancers send writes to the new primary; 0 if it was the primary already. */
  readonly tookMs: number;
  /** Sessions that were ended because of their open transaction. */
  readonly endedTransactions: number;
}

/** A session that waits in a transaction for this long is idle. The application waits for a few milliseconds between two statements. */
const IDLE_MS = 500;
const SAMPLE_INTERVAL_MS = 100;
/** How long transactions that execute statements may delay the call. */
const TRANSACTIONS_DEADLINE_MS = 10_000;
/** The call takes some milliseconds. After this time, all sessions that it waits for are ended. */
const CALL_LIMIT_MS = 3_000;
const CALL_DEADLINE_MS = 20_000;
const QUEUE_DEADLINE_MS = 30_000;
const PRIMARY_DEADLINE_MS = 5_000;
const QUERY_MS = 2_000;

/**
 * Moves the primary of the database. Writes wait in the application meanwhile, and none is lost.
 *
 * Group Replication's call waits for all transactions that are open when it begins, also for idle ones without a statement. Clients are served meanwhile,
 * unless the call has a timeout. It cannot be interrupted: MySQL 9.7 ignores `KILL` and `MAX_EXECUTION_TIME` while it waits (measured). So the call
 * begins only when idle transactions are ended and no other one is old. Transactions that delay it are ended.
 *
 * After `kill -9` of this process the server completes the call. The next switch waits for that, and ends the transactions that delay it. Throws
 * `switch-failed`; the message names the primary.
 */
export async function switchDatabase(context: StackContext, options: SwitchDatabaseOptions): Promise<DatabaseSwitch> {
  const { signal, onProgress, serverTimeoutSeconds } = options;
  const from = await findPrimary(context);
  using source = await openSource(from);
  if (await isSwitching(source)) {
    onProgress(`${from.name}: waiting for the end of an earlier switch`);
    await completeCall(source, () => isSwitching(source).then((running) => !running));
    if ((await findPrimary(context)).name !== from.name) return await switchDatabase(context, options);
  }
  const unchanged = { from: from.name, to: from.name, tookMs: 0, endedTransactions: source.watch.ended };
  if (options.to === from.name) return unchanged;
  const target = await prepareTarget(context, options);
  if (serverTimeoutSeconds === undefined) await endOldTransactions(source, signal);
  signal.throwIfAborted();
  onProgress(`the primary of the database moves from ${from.name} to ${target.node}`);
  const startMs = performance.now();
  await call(context, source, { target, serverTimeoutSeconds });
  const unmet = await waitForRoutes(context, { route: 'db-write', host: target.node, signal });
  if (unmet !== '') throw failed(`${target.node} is the primary of the database, but ${unmet}`);
  const tookMs = Math.round(performance.now() - startMs);
  return { from: from.name, to: target.node, tookMs, endedTransactions: source.watch.ended };
}

/** The primary, with one session for the call, and one that observes and ends other sessions meanwhile. */
interface Source extends Disposable {
  readonly host: Host;
  readonly caller: Connection;
  readonly control: Connection;
  readonly watch: SessionWatch;
}

async function openSource(host: Host): Promise<Source> {
  using undo = new DisposableStack();
  const open = async (): Promise<Connection> => {
    const connection = await openNode(host, { user: 'operator', timeoutMs: QUERY_MS }).catch((error: unknown) => {
      throw failed(`${host.name}, the primary of the database, cannot be controlled: ${messageOf(error)}`, error);
    });
    // The statement that is lost reports the error, too.
    connection.on('error', () => undefined);
    undo.defer(() => {
      connection.destroy();
    });
    return connection;
  };
  const [caller, control] = [await open(), await open()];
  const watch = await openSessionWatch(control, QUERY_MS);
  const kept = undo.move();
  return {
    host,
    caller,
    control,
    watch,
    [Symbol.dispose]: () => {
      kept.dispose();
    },
  };
}

/** The primary. Waits for it a little, because an earlier switch may be at its end. */
async function findPrimary({ topology }: StackContext): Promise<Host> {
  const find = async (): Promise<Host | undefined> => {
    const group = await readDbGroup(topology);
    return hostsOf(topology, 'db').find(({ name }) => name === group.primary);
  };
  return waitFor(find, { what: 'a primary', deadlineMs: PRIMARY_DEADLINE_MS }).catch((error: unknown) => {
    throw failed('it has no primary that sees a majority', error);
  });
}

/** Chooses the next primary, and waits until it has applied everything that it has received. */
async function prepareTarget(
  { topology }: StackContext,
  { to, signal, onProgress }: SwitchDatabaseOptions,
): Promise<Candidate> {
  const chosen = chooseNextPrimary(
    (await readCandidates(topology)).filter(({ node }) => to === undefined || node === to),
  );
  const host = hostsOf(topology, 'db').find(({ name }) => name === chosen?.node);
  if (chosen === undefined || host === undefined) {
    throw failed(to === undefined ? 'no secondary of the database is ONLINE' : `${to} is not an ONLINE secondary`);
  }
  const findUnmet = async (): Promise<string> => {
    const now = await readCandidate(host);
    if (now === undefined) return `${host.name} is not an ONLINE secondary`;
    return now.queue === 0 ? '' : `${host.name} has ${now.queue} transactions to apply`;
  };
  const unmet = await waitUntilMet(findUnmet, { deadlineMs: QUEUE_DEADLINE_MS, signal, onWait: onProgress });
  if (unmet !== '') throw failed(unmet);
  return chosen;
}

/** Ends idle transactions until none is older than the grace period. Throws if one that executes statements stays open; nothing has changed then. */
async function endOldTransactions({ watch }: Source, signal: AbortSignal): Promise<void> {
  const startMs = performance.now();
  for (;;) {
    signal.throwIfAborted();
    const open = await watch.sample();
    const nowMs = performance.now();
    await watch.end(findIdle(open, nowMs, IDLE_MS));
    const old = findOpenSince(open, nowMs, IDLE_MS);
    // Before the first grace period has passed, the age of transactions is unknown.
    if (old.length === 0 && nowMs - startMs > IDLE_MS) return;
    if (nowMs - startMs > TRANSACTIONS_DEADLINE_MS) {
      throw failed(
        `${old.map(nameOf).join(', ')} has had an open transaction for ${TRANSACTIONS_DEADLINE_MS / 1_000} s${textOf(watch.refusals)}`,
      );
    }
    await sleep(SAMPLE_INTERVAL_MS);
  }
}

interface Call {
  readonly target: Candidate;
  readonly serverTimeoutSeconds: number | undefined;
}

async function call(context: StackContext, source: Source, { target, serverTimeoutSeconds }: Call): Promise<void> {
  const [timeout, values] =
    serverTimeoutSeconds === undefined ? ['', [target.id]] : [', ?', [target.id, serverTimeoutSeconds]];
  let isOver = false;
  const called = source.caller
    .query(`SELECT group_replication_set_as_primary(?${timeout})`, values)
    .then(() => undefined)
    .catch((error: unknown) => error)
    .finally(() => {
      isOver = true;
    });
  if (serverTimeoutSeconds === undefined) await completeCall(source, () => Promise.resolve(isOver));
  const error = await called;
  // The error of a lost session says nothing about the group.
  const primary = await findPrimary(context);
  if (primary.name === target.node) return;
  throw failed(`the primary of the database is ${primary.name}, not ${target.node}: ${messageOf(error)}`, error);
}

/** Ends sessions for which a call waits, until it has ended: idle ones, and after {@link CALL_LIMIT_MS} all from before it. Cannot be interrupted. */
async function completeCall({ host, watch }: Source, isOver: () => Promise<boolean>): Promise<void> {
  const startMs = performance.now();
  while (!(await isOver())) {
    const open = await watch.sample();
    const nowMs = performance.now();
    const tookMs = nowMs - startMs;
    await watch.end(findIdle(open, nowMs, IDLE_MS));
    if (tookMs > CALL_LIMIT_MS) await watch.end(findOpenSince(open, startMs, 0));
    if (tookMs > CALL_DEADLINE_MS) {
      throw failed(
        `${host.name} has not handed over the primary role after ${CALL_DEADLINE_MS / 1_000} s${textOf(watch.refusals)}`,
      );
    }
    await sleep(Math.min(SAMPLE_INTERVAL_MS, tookMs + 1));
  }
}

/** Whether the server executes a switch, also one whose client was killed. */
async function isSwitching({ control }: Source): Promise<boolean> {
  const sql = `SELECT COUNT(*) AS running FROM performance_schema.threads
    WHERE PROCESSLIST_STATE LIKE 'Primary Switch:%' OR PROCESSLIST_INFO LIKE 'SELECT group_replication_set_as_primary(%'`;
  const [rows] = await control.query({ sql, timeout: QUERY_MS });
  const [row] = z.array(z.object({ running: z.coerce.number() })).parse(rows);
  return row !== undefined && row.running > 0;
}

function textOf(refusals: readonly string[]): string {
  return refusals.length === 0 ? '' : `; the server did not end ${refusals.join(', ')}`;
}

function failed(reason: string, cause?: unknown): HoldfastError {
  return new HoldfastError('switch-failed', `The primary of the database was not switched: ${reason}.`, {
    cause,
    fix: 'Check `./holdfast status` and repeat the command.',
  });
}
