import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { routeAddress, type Topology } from '../../deploy/model/topology.ts';
import type { Observation } from '../../deploy/observe/observation.ts';
import { openMysqlConnection } from '../../kit/mysql-connection.ts';
import { PATHS } from '../../kit/paths.ts';

const CONNECT_MS = 5_000;

/** Holds a table of the shop for some time, as a schema change by copying does. Its session ends with this process, so that nothing is left. */
export async function holdTable(
  topology: Topology,
  { table, forMs }: { readonly table: string; readonly forMs: number },
): Promise<Observation> {
  const { host, port } = routeAddress(topology, 'db-write');
  const [password, authority] = await Promise.all([
    readFile(join(PATHS.secrets, 'db-migrate-password'), 'utf8'),
    readFile(join(PATHS.secrets, 'ca-cert'), 'utf8'),
  ]);
  using connection = await openMysqlConnection(
    { address: host, port },
    { user: 'migrate', password: password.trim(), authority },
    CONNECT_MS,
  );
  await connection.query('USE shop', CONNECT_MS);
  await connection.query('START TRANSACTION', CONNECT_MS);
  // The lock of every row keeps all writers of existing rows and, by the gap locks, new ones out until the end of the transaction.
  await connection.query(`SELECT COUNT(*) FROM ${table} FOR UPDATE`, forMs);
  await connection.query(`SELECT SLEEP(${forMs / 1_000})`, 2 * forMs);
  await connection.query('ROLLBACK', CONNECT_MS);
  return { seen: true, text: `${table} was held for ${forMs / 1_000} s` };
}
