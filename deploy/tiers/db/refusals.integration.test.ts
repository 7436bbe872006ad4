import { expect, it } from 'vitest';
import { openHosts } from '../../../kit/hosts.ts';
import { hostsOf, makeTopology } from '../../model/topology.ts';

/** Runs against the deployed stack; removes its tables. */
const hosts = openHosts();
const nodes = hostsOf(makeTopology(), 'db').map(({ name }) => name);

async function sql(node: string, statement: string): Promise<{ readonly code: number; readonly output: string }> {
  const command = ['mysql', '--no-defaults', '--socket=/run/mysqld/mysqld.sock', '-NBe', statement];
  const { code, stdout, stderr } = await hosts.exec(node, command);
  return { code, output: `${stdout}${stderr}`.trim() };
}

async function findPrimary(): Promise<string> {
  for (const node of nodes) if ((await sql(node, 'SELECT @@super_read_only')).output === '0') return node;
  throw new Error('no node is writable');
}

it.each([
  ['without a primary key', '(a INT)', 'ERROR 3750'],
  ['with an engine that is not replicated', '(a INT PRIMARY KEY) ENGINE = MyISAM', 'ERROR 3161'],
  ['that merges MyISAM tables', '(a INT PRIMARY KEY) ENGINE = MRG_MYISAM', 'ERROR 3161'],
  ['in memory', '(a INT PRIMARY KEY) ENGINE = MEMORY', 'ERROR 3161'],
])('a table %s is rejected at creation, not at the first write', async (_what, definition, error) => {
  const primary = await findPrimary();
  try {
    const { code, output } = await sql(primary, `CREATE TABLE shop.trial_refused ${definition}`);
    expect([code === 0, output]).toEqual([false, expect.stringContaining(error)]);
  } finally {
    await sql(primary, 'DROP TABLE IF EXISTS shop.trial_refused');
  }
});

it.each(nodes)('%s rejects such tables, so that the next primary does too', async (node) => {
  const { output } = await sql(node, 'SELECT @@sql_require_primary_key, @@disabled_storage_engines');
  expect(output).toMatch(/^1\t.*MyISAM.*MEMORY/);
});
