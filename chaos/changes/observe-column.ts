import { hostsOf } from '../../deploy/model/topology.ts';
import { queryNode } from '../../deploy/observe/db-connection.ts';
import type { Observation, StackContext } from '../../deploy/observe/observation.ts';
import { waitFor } from '../../kit/deadline.ts';

const DEADLINE_MS = 10_000;

/** Whether every database node has a column, as each node reports it. */
export async function observeColumn(
  { topology }: StackContext,
  { table, column }: { readonly table: string; readonly column: string },
): Promise<Observation> {
  const nodes = hostsOf(topology, 'db');
  const sql = 'SELECT 1 FROM information_schema.COLUMNS WHERE TABLE_NAME = ? AND COLUMN_NAME = ?';
  let without: readonly string[] = [];
  await waitFor(
    async () => {
      const found = await Promise.all(
        nodes.map((node) => queryNode(node, { user: 'audit', sql, values: [table, column] })),
      );
      without = nodes.filter((_, index) => found[index]?.length === 0).map(({ name }) => name);
      return without.length === 0;
    },
    { what: 'the column on every node', deadlineMs: DEADLINE_MS },
  ).catch(() => undefined);
  return {
    seen: without.length === 0,
    text:
      without.length === 0
        ? `every database node has ${table}.${column}`
        : `${without.join(', ')} has no ${table}.${column}`,
  };
}
