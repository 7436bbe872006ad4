import { HoldfastError } from '../../kit/errors.ts';
import { hostsOf, type Topology } from '../../deploy/model/topology.ts';
import { readDbGroup } from '../../deploy/observe/db-group.ts';
import { queryNode } from '../../deploy/observe/db-connection.ts';
import type { Observation, StackContext } from '../../deploy/observe/observation.ts';
import { waitFor } from '../../kit/deadline.ts';

const DEADLINE_MS = 10_000;

const COLUMN_QUERY = 'SELECT 1 FROM information_schema.COLUMNS WHERE TABLE_NAME = ? AND COLUMN_NAME = ?';

/** Whether the primary has a column. Throws `stack-not-healthy` if there is no primary. */
export async function hasColumn(
  topology: Topology,
  { table, column }: { readonly table: string; readonly column: string },
): Promise<boolean> {
  const { primary } = await readDbGroup(topology);
  const node = hostsOf(topology, 'db').find(({ name }) => name === primary);
  if (node === undefined) throw new HoldfastError('stack-not-healthy', 'The database group has no primary.');
  return (await queryNode(node, { user: 'audit', sql: COLUMN_QUERY, values: [table, column] })).length > 0;
}

/** Whether every database node has a column, as each node reports it. */
export async function observeColumn(
  { topology }: StackContext,
  { table, column }: { readonly table: string; readonly column: string },
): Promise<Observation> {
  const nodes = hostsOf(topology, 'db');
  let without: readonly string[] = [];
  await waitFor(
    async () => {
      const found = await Promise.all(
        nodes.map((node) => queryNode(node, { user: 'audit', sql: COLUMN_QUERY, values: [table, column] })),
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
