import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { renderRoleAgent } from '../../deploy/tiers/lb/role-agent.ts';
import { hostsOf, makeTopology } from '../../deploy/model/topology.ts';
import { readSettings } from './settings.ts';

const topology = makeTopology();
let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'holdfast-settings-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

/** Reads this text as a load balancer would. */
function read(text: string) {
  const file = join(folder, 'role-agent.json');
  writeFileSync(file, text);
  return readSettings(file);
}

it.each(hostsOf(topology, 'lb'))('$name reads its nodes and times as they are rendered', (host) => {
  const settings = read(renderRoleAgent(topology, host));
  expect(settings.host).toBe(host.name);
  expect(settings.nodes.map(({ name }) => name)).toEqual(['db1', 'db2', 'db3']);
  expect(settings.intervalMs).toBe(topology.profile.role.intervalMs);
  expect(settings.limits.writerMaxAgeMs).toBeLessThan(topology.profile.groupSuspicionMs);
});

const [balancer] = hostsOf(topology, 'lb');
const rendered: object = balancer === undefined ? {} : (JSON.parse(renderRoleAgent(topology, balancer)) as object);

it.each([
  { what: 'no JSON', text: '{' },
  { what: 'nothing', text: '{}' },
  { what: 'no node', text: JSON.stringify({ ...rendered, nodes: [] }) },
  { what: 'a port that is none', text: JSON.stringify({ ...rendered, check: { host: '127.0.0.1', port: 0 } }) },
  { what: 'a word that is unknown', text: JSON.stringify({ ...rendered, intervalMS: 1 }) },
])('$what is refused', ({ text }) => {
  expect(() => read(text)).toThrow(expect.objectContaining({ code: 'invalid-topology' }));
});

it('a file that is missing is refused', () => {
  expect(() => readSettings(join(folder, 'missing.json'))).toThrow(
    expect.objectContaining({ code: 'invalid-topology' }),
  );
});
