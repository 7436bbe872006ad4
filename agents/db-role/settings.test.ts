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

/** Writes this text to a file and reads it. */
function read(text: string) {
  const file = join(folder, 'role-agent.json');
  writeFileSync(file, text);
  return readSettings(file);
}

it.each(hostsOf(topology, 'lb'))('$name reads the rendered nodes and timings', (host) => {
  const settings = read(renderRoleAgent(topology, host));
  expect(settings.host).toBe(host.name);
  expect(settings.nodes.map(({ name }) => name)).toEqual(['db1', 'db2', 'db3']);
  expect(settings.intervalMs).toBe(topology.profile.role.intervalMs);
  expect(settings.limits.writerMaxAgeMs).toBeLessThan(topology.profile.groupSuspicionMs);
});

const [balancer] = hostsOf(topology, 'lb');
const rendered: object = balancer === undefined ? {} : (JSON.parse(renderRoleAgent(topology, balancer)) as object);

it.each([
  { what: 'invalid JSON', text: '{' },
  { what: 'an empty object', text: '{}' },
  { what: 'an empty list of nodes', text: JSON.stringify({ ...rendered, nodes: [] }) },
  { what: 'an invalid port', text: JSON.stringify({ ...rendered, check: { host: '127.0.0.1', port: 0 } }) },
  { what: 'an unknown key', text: JSON.stringify({ ...rendered, intervalMS: 1 }) },
])('$what is rejected', ({ text }) => {
  expect(() => read(text)).toThrow(expect.objectContaining({ code: 'invalid-topology' }));
});

it('a missing file is rejected', () => {
  expect(() => readSettings(join(folder, 'missing.json'))).toThrow(
    expect.objectContaining({ code: 'invalid-topology' }),
  );
});
