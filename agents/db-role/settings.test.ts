import { expect, it } from 'vitest';
import { makeTopology } from '../../deploy/model/topology.ts';
import { parseSettings } from './settings.ts';

const topology = makeTopology();

it('the nodes and the times come from the topology', () => {
  const settings = parseSettings(topology, { HOLDFAST_HOST: 'lb1' });
  expect(settings.nodes.map(({ name }) => name)).toEqual(['db1', 'db2', 'db3']);
  expect(settings.intervalMs).toBe(topology.profile.role.intervalMs);
  expect(settings.limits.writerMaxAgeMs).toBeLessThan(topology.profile.groupSuspicionMs);
});

it('the environment may say where the nodes are', () => {
  const env = { HOLDFAST_HOST: 'lb2', HOLDFAST_DB_NODES: 'db1=127.0.0.1:3401,db2=127.0.0.1:3402,db3=127.0.0.1:3403' };
  expect(parseSettings(topology, env).nodes[1]).toEqual({ name: 'db2', address: '127.0.0.1', port: 3402 });
});

it.each([
  {},
  { HOLDFAST_HOST: 'lb9' },
  { HOLDFAST_HOST: 'lb1', HOLDFAST_DB_NODES: 'db1' },
  { HOLDFAST_HOST: 'lb1', HOLDFAST_ROLE_CHECK: '9190' },
])('%j is refused', (env) => {
  expect(() => parseSettings(topology, env)).toThrow(expect.objectContaining({ code: 'invalid-topology' }));
});
