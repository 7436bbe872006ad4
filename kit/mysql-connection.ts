import { connect as connectTcp, type Socket } from 'node:net';
import { createConnection, type Connection, type RowDataPacket } from 'mysql2/promise';
import { HoldfastError } from './errors.ts';

/** Address of a MySQL server. */
interface ServerAddress {
  readonly address: string;
  readonly port: number;
}

/** Credentials; the same on every node. */
export interface MysqlLogin {
  readonly user: string;
  readonly password: string;
  /** PEM. The authority must have signed the node's certificate. The name in the certificate is not checked, because nodes are addressed by IP. */
  readonly authority: string;
}

/** One session on one node. Every statement has a deadline; a late response closes the session. */
export interface MysqlConnection extends Disposable {
  readonly closed: boolean;
  /** Rows of one statement, with values as parsed by the client library. Rejects with the server's error or `deadline`. */
  query: (sql: string, deadlineMs: number) => Promise<readonly RowDataPacket[]>;
}

/**
 * Connects over TLS; the deadline covers TCP, TLS and login. It creates the socket itself, because the library's own `destroy` sends a
 * quit command and waits for a reply, which a hung server never sends.
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
    // Together with `ssl`, the library uses these as key to resume TLS sessions.
    host: server.address,
    port: server.port,
    ssl: tlsOptionsFor(login.authority),
    connectTimeout: deadlineMs,
    dateStrings: true,
    supportBigNumbers: true,
    bigNumberStrings: true,
  });
  const connection = await within(opening, { what: 'the login', deadlineMs, socket });
  return wrap(connection, socket);
}

const TLS_OPTIONS = new Map<string, { readonly ca: string }>();

/** Returns the same object for the same authority, because the library caches parsed certificates and TLS sessions by object identity. */
function tlsOptionsFor(authority: string): { readonly ca: string } {
  const known = TLS_OPTIONS.get(authority) ?? { ca: authority };
  TLS_OPTIONS.set(authority, known);
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
      const [rows] = await within(connection.query<RowDataPacket[]>(sql), { what: 'the response', deadlineMs, socket });
      // Statements other than queries have no rows.
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
    late.reject(new HoldfastError('deadline', `${what} did not finish within ${deadlineMs} ms`));
  }, deadlineMs);
  const onClose = (): void => {
    late.reject(new HoldfastError('deadline', `connection lost while waiting for ${what}`));
  };
  socket.once('close', onClose);
  // Prevent an unhandled rejection from the loser of the race.
  promise.catch(() => undefined);
  late.promise.catch(() => undefined);
  try {
    return await Promise.race([promise, late.promise]);
  } catch (error) {
    if (what === 'the login') socket.destroy();
    throw error;
  } finally {
    clearTimeout(timer);
    socket.off('close', onClose);
  }
}
