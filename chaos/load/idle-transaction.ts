import { readFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { join } from 'node:path';
import mysql, { type Connection } from 'mysql2';
import { routeAddress, type Topology } from '../../deploy/model/topology.ts';
import { readDbGroup } from '../../deploy/observe/db-group.ts';
import { deadlineSignal } from '../../kit/deadline.ts';
import { HoldfastError, messageOf } from '../../kit/errors.ts';
import { PATHS } from '../../kit/paths.ts';

/** How a transaction ended. */
export interface TransactionEnd {
  /** Milliseconds since the epoch. */
  readonly atMs: number;
  /** `stack`: the database or a load balancer ended its session. */
  readonly by: 'stack' | 'client';
  /** The error of the client, or why it ended the transaction itself. */
  readonly reason: string;
}

/** A client that began a transaction and does nothing any more. Disposing ends its session, which reverts the transaction. */
export interface IdleTransaction extends AsyncDisposable {
  /** The primary at that time. */
  readonly node: string;
  /** Number of its session on that node, as in `performance_schema.threads.PROCESSLIST_ID`. */
  readonly sessionId: number;
  readonly beganMs: number;
  /** Settles when the transaction has ended. Never rejects. */
  readonly ended: Promise<TransactionEnd>;
}

interface IdleOptions {
  readonly topology: Topology;
  /** Whether the transaction has read a row. A transaction that has done nothing at all does not appear in `INNODB_TRX`. */
  readonly reads: boolean;
  /** The client ends the transaction after this time. The load balancers end idle sessions after 120 s. */
  readonly mostMs: number;
  readonly signal: AbortSignal;
}

/** For connecting, and again for each statement. */
const ANSWER_MS = 5_000;

/**
 * Begins a transaction on the primary over the route of the application's writes, and leaves it idle. The user `audit` only reads, so it locks no rows. TLS
 * verifies that the route leads to the primary. Throws `stack-not-healthy` if there is no primary, or the transaction could not be begun.
 */
export async function openIdleTransaction(options: IdleOptions): Promise<IdleTransaction> {
  const { topology, signal } = options;
  signal.throwIfAborted();
  const { primary } = await readDbGroup(topology);
  if (primary === undefined) throw new HoldfastError('stack-not-healthy', 'The database group has no primary.');
  const connection = await openSession(topology, primary);
  const end = watchEnd(connection, options);
  try {
    await query(connection, 'BEGIN');
    if (options.reads) await query(connection, 'SELECT id FROM shop.products WHERE id = 1');
    signal.throwIfAborted();
  } catch (error) {
    end.byClient('it could not be begun');
    signal.throwIfAborted();
    throw notBegun(primary, error);
  }
  return {
    node: primary,
    sessionId: connection.threadId,
    beganMs: Date.now(),
    ended: end.ended,
    [Symbol.asyncDispose]: async () => {
      end.byClient('disposed of');
      await end.ended;
    },
  };
}

async function openSession(topology: Topology, primary: string): Promise<Connection> {
  const { host, port } = routeAddress(topology, 'db-write');
  const [password, ca] = await Promise.all([
    readFile(join(PATHS.secrets, 'db-audit-password'), 'utf8'),
    readFile(join(PATHS.secrets, 'ca-cert'), 'utf8'),
  ]);
  const connection = mysql.createConnection({
    // The certificate is verified against the name of the primary; the connection uses the route.
    host: primary,
    stream: () => connect({ host, port }),
    ...{ user: 'audit', password: password.trim(), connectTimeout: ANSWER_MS },
    ssl: { ca, rejectUnauthorized: true, verifyIdentity: true },
  });
  await new Promise<void>((resolve, reject) => {
    connection.connect((error) => {
      if (error === null) resolve();
      else reject(notBegun(primary, error));
    });
  }).catch((error: unknown) => {
    connection.destroy();
    throw error;
  });
  return connection;
}

interface End {
  readonly ended: Promise<TransactionEnd>;
  /** Ends the session, unless it has ended. */
  readonly byClient: (reason: string) => void;
}

function watchEnd(connection: Connection, { mostMs, signal }: IdleOptions): End {
  const { promise: ended, resolve } = Promise.withResolvers<TransactionEnd>();
  const limit = deadlineSignal(mostMs, signal);
  const settle = (by: TransactionEnd['by'], reason: string): void => {
    limit.removeEventListener('abort', abort);
    resolve({ atMs: Date.now(), by, reason });
    connection.destroy();
  };
  const byClient = (reason: string): void => {
    settle('client', reason);
  };
  function abort(): void {
    byClient(signal.aborted ? 'interrupted' : `held for ${mostMs / 1_000} s`);
  }
  limit.addEventListener('abort', abort, { once: true });
  connection.on('error', (error: unknown) => {
    settle('stack', messageOf(error));
  });
  connection.on('end', () => {
    settle('stack', 'the session was closed');
  });
  return { ended, byClient };
}

async function query(connection: Connection, sql: string): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    connection.query({ sql, timeout: ANSWER_MS }, (error) => {
      if (error === null) resolve();
      else reject(error);
    });
  });
}

function notBegun(primary: string, error: unknown): HoldfastError {
  const message = `Could not begin a transaction on ${primary}: ${messageOf(error)}`;
  return new HoldfastError('stack-not-healthy', message, { cause: error });
}
