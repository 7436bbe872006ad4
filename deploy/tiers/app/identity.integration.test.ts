import { expect, it } from 'vitest';
import { z } from 'zod';
import { openHosts } from '../../../kit/hosts.ts';
import { addressOn, hostsOf, makeTopology, PORTS } from '../../model/topology.ts';

/** Runs against the deployed stack and changes nothing. */
const topology = makeTopology();
const hosts = openHosts();
const edges = hostsOf(topology, 'edge');

async function signIn(email: string): Promise<Response> {
  const [edge] = edges;
  if (edge === undefined) throw new Error('there is no edge');
  return await fetch(`http://${addressOn(edge, 'front')}:${PORTS.edge}/api/login`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ email, password: 'holdfast' }),
    signal: AbortSignal.timeout(5_000),
  });
}

it.each(['user1@shop.test', 'USER1@SHOP.TEST', ' User1@shop.test '])('%j identifies user 1', async (email) => {
  const response = await signIn(email);
  expect(response.status).toBe(200);
  expect(z.object({ userId: z.number() }).parse(await response.json()).userId).toBe(1);
});

it.each([
  ['an accent', 'üser1@shop.test'],
  ['a circled digit', 'user①@shop.test'],
  ['a full width letter', 'ｕser1@shop.test'],
  ['a zero-width space', 'user1\u200b@shop.test'],
  ['a soft hyphen', 'us\u00ader1@shop.test'],
  ['a combining accent', 'u\u0308ser1@shop.test'],
  ['a space inside', 'user1 @shop.test'],
  ['a long s', 'uſer1@shop.test'],
])('an address with %s does not sign in as another user', async (_what, email) => {
  const response = await signIn(email);
  expect([response.status, response.headers.getSetCookie()]).toEqual([401, []]);
});

it.each(hostsOf(topology, 'db').map(({ name }) => name))(
  'on %s every column under a unique key is compared exactly',
  async (node) => {
    const statement = `SELECT DISTINCT c.TABLE_NAME, c.COLUMN_NAME, c.COLLATION_NAME FROM information_schema.COLUMNS c
    JOIN information_schema.STATISTICS s USING (TABLE_SCHEMA, TABLE_NAME, COLUMN_NAME)
    WHERE c.TABLE_SCHEMA = 'shop' AND s.NON_UNIQUE = 0 AND c.COLLATION_NAME IS NOT NULL`;
    const command = ['mysql', '--no-defaults', '--socket=/run/mysqld/mysqld.sock', '-NBe', statement];
    const { stdout } = await hosts.exec(node, command);
    const columns = stdout
      .trim()
      .split('\n')
      .map((line) => line.split('\t'));
    expect(columns.map(([table, column]) => `${table ?? ''}.${column ?? ''}`)).toEqual(
      expect.arrayContaining(['users.email', 'products.sku', 'orders.idempotency_key', 'seed_progress.step']),
    );
    expect(columns.filter(([, , collation]) => !/^(utf8mb4_0900_bin|ascii_bin)$/.test(collation ?? ''))).toEqual([]);
  },
);
