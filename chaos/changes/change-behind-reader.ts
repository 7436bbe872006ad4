import { setTimeout as sleep } from 'node:timers/promises';
import { openShop } from '../../deploy/change/change-schema.ts';
import type { Topology } from '../../deploy/model/topology.ts';
import type { Observation } from '../../deploy/observe/observation.ts';

const STATEMENT_MS = 5_000;

interface BehindReader {
  readonly table: string;
  /** A column that does not exist. It is added, and dropped afterwards. */
  readonly column: string;
  /** How long the reader keeps its transaction open. */
  readonly forMs: number;
}

/**
 * Changes a table while a transaction that has read it is open, and waits for that without a limit. All later statements on the table wait behind the change:
 * what a schema change costs without `lock_wait_timeout`. Both sessions end with this process.
 */
export async function changeBehindReader(topology: Topology, options: BehindReader): Promise<Observation> {
  const { table, column, forMs } = options;
  using reader = await openShop(topology);
  using changer = await openShop(topology);
  await reader.query('START TRANSACTION', STATEMENT_MS);
  await reader.query(`SELECT 1 FROM ${table} LIMIT 1`, STATEMENT_MS);
  const startMs = Date.now();
  const changed = changer.query(`ALTER TABLE ${table} ADD COLUMN ${column} INT NULL, ALGORITHM=INSTANT`, 2 * forMs);
  changed.catch(() => undefined);
  await sleep(forMs);
  await reader.query('ROLLBACK', STATEMENT_MS);
  await changed;
  const waitedMs = Date.now() - startMs;
  await changer.query(`ALTER TABLE ${table} DROP COLUMN ${column}, ALGORITHM=INSTANT`, STATEMENT_MS);
  return { seen: waitedMs >= forMs, text: `the change of ${table} waited for ${waitedMs} ms` };
}
