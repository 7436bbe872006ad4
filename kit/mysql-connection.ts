import { connect as connectTcp, type Socket } from 'node:net';
import { createConnection, type Connection, type RowDataPacket } from 'mysql2/promise';
import { HoldfastError } from './errors.ts';

/** Where a MySQL server is. */
interface ServerAddress {
  readonly address: string;
  readonly port: number;
}

/** How to log in; the same on every node. */
export interface MysqlLogin {
  readonly user: string;
  readonly password: string;
  /** PEM. The node's certificate must be signed by it; its name is not compared, since nodes are known by address. */
  readonly authority: string;
}

/** One session of one account on one node. Every statement has its deadline; a late answer ends the session. */
export interface MysqlConnection extends Disposable {
  readonly closed: boolean;
  /** Rows of one statement, values as MySQL's client library reads them. Rejects with the server's error or `deadline`. */
  query: (sql: string, deadlineMs: number) => Promise<readonly RowDataPacket[]>;
}

/**
 * Connects, over TLS, within the deadline: TCP, TLS and login together. The socket is ours, because the library's own `destroy` sends
 * a farewell and waits, which a frozen peer never answers.
 */
export async function openMysqlConnection(
  server: ServerAddress,
  login: MysqlLogin,
  deadlineMs: number,
): Promise<MysqlConnection> {
  const socket = connectTcp({ host: server.address, port: server.port, noDelay: true });
  socket.on('error', () => undefined);
  const opening = createConnection({
    stream: socket,
    user: login.user,
    password: login.password,
    // Together with `ssl` these tell the library whose TLS session it may take up again.
    host: server.address,
    port: server.port,
    ssl: trustIn(login.authority),
    connectTimeout: deadlineMs,
    dateStrings: true,
    supportBigNumbers: true,
    bigNumberStrings: true,
  });
  const connection = await within(opening, { what: 'login', deadlineMs, socket });
  return wrap(connection, socket);
}

const TRUST = new Map<string, { readonly ca: string }>();

/** One object per authority: the library keeps what it read of certificates, and TLS sessions, by the object itself. */
function trustIn(authority: string): { readonly ca: string } {
  const known = TRUST.get(authority) ?? { ca: authority };
  TRUST.set(authority, known);
  return known;
}

function wrap(connection: Connection, socket: Socket): MysqlConnection {
  let closed = false;
  const close = (): void => {
    closed = true;
    socket.destroy();
  };
  connection.on('error', close);
  socket.on('close', close);
  return {
    get closed() {
      return closed;
    },
    async query(sql, deadlineMs) {
      const [rows] = await within(connection.query<RowDataPacket[]>(sql), { what: 'an answer', deadlineMs, socket });
      // Statements that are not questions have no rows.
      return Array.isArray(rows) ? rows : [];
    },
    [Symbol.dispose]: close,
  };
}

interface Limit {
  readonly what: string;
  readonly deadlineMs: number;
  readonly socket: Socket;
}

async function within<T>(promise: Promise<T>, { what, deadlineMs, socket }: Limit): Promise<T> {
  const late = Promise.withResolvers<never>();
  const timer = setTimeout(() => {
    socket.destroy();
    late.reject(new HoldfastError('deadline', `${what} did not come within ${deadlineMs} ms`));
  }, deadlineMs);
  const gone = (): void => {
    late.reject(new HoldfastError('deadline', `connection lost while waiting for ${what}`));
  };
  socket.once('close', gone);
  // Whichever loses the race is of no interest any more.
  promise.catch(() => undefined);
  late.promise.catch(() => undefined);
  try {
    return await Promise.race([promise, late.promise]);
  } catch (error) {
    if (what === 'login') socket.destroy();
    throw error;
  } finally {
    clearTimeout(timer);
    socket.off('close', gone);
  }
}
