import { readFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { join } from 'node:path';
import { createConnection, type Connection } from 'mysql2/promise';
import { addressOn, PORTS, type Host } from '../model/topology.ts';
import { HoldfastError, messageOf } from '../../kit/errors.ts';
import { PATHS } from '../../kit/paths.ts';

/** `audit` reads the shop, `monitor` the server's own tables. `operator` moves the primary and ends sessions. */
type OperatorUser = 'audit' | 'monitor' | 'operator';

interface QueryOptions {
  readonly user: OperatorUser;
  readonly sql: string;
  readonly values?: readonly string[];
  /** For connecting, and again for the query. Default 2,000. */
  readonly timeoutMs?: number;
}

/**
 * Queries one database node directly, bypassing all routes, over TLS with the stack's private authority. Rows are as the server sends
 * them. Throws `stack-not-healthy` when the node does not answer.
 */
export async function queryNode(node: Host, options: QueryOptions): Promise<readonly unknown[]> {
  const { user, sql, values = [], timeoutMs = 2_000 } = options;
  let connection: Connection | undefined;
  try {
    connection = await openNode(node, { user, timeoutMs });
    const [rows] = await connection.query({ sql, values: [...values], timeout: timeoutMs });
    return rows as readonly unknown[];
  } catch (error) {
    throw new HoldfastError('stack-not-healthy', `Could not query ${node.name}: ${messageOf(error)}`, {
      cause: error,
    });
  } finally {
    connection?.destroy();
  }
}

/** Opens a session on one database node, as {@link queryNode} does. The caller closes it. Rejects with the error of the client library. */
export async function openNode(
  node: Host,
  { user, timeoutMs }: { readonly user: OperatorUser; readonly timeoutMs: number },
): Promise<Connection> {
  const [password, ca] = await Promise.all([
    readFile(join(PATHS.secrets, `db-${user}-password`), 'utf8'),
    readFile(join(PATHS.secrets, 'ca-cert'), 'utf8'),
  ]);
  return createConnection({
    // The certificate is verified against the name; the connection uses the address.
    host: node.name,
    port: PORTS.mysql,
    stream: () => connect({ host: addressOn(node, 'data'), port: PORTS.mysql }),
    user,
    password: password.trim(),
    connectTimeout: timeoutMs,
    ssl: { ca, rejectUnauthorized: true, verifyIdentity: true },
  });
}
