import { expect, it } from 'vitest';
import { PRODUCTION } from './profile.ts';
import { parseTopology } from './topology-schema.ts';
import { makeTopology } from './topology.ts';

const sent = (value: unknown): unknown => JSON.parse(JSON.stringify(value));

it.each([
  makeTopology(),
  makeTopology({ profile: PRODUCTION, appHosts: 8, toxiproxy: false, links: { runbooks: 'https://runbooks.example' } }),
])('a topology survives serialization', (topology) => {
  expect(parseTopology(sent(topology))).toEqual(topology);
});

const topology = makeTopology();
it.each([
  { what: 'nothing', value: undefined },
  { what: 'an unknown tier', value: { ...topology, hosts: [{ ...topology.hosts[0], tier: 'moon' }] } },
  {
    what: 'a profile with a missing duration',
    value: { ...topology, profile: { ...topology.profile, vrrpAdvertMs: undefined } },
  },
  { what: 'an unknown key', value: { ...topology, chaos: true } },
])('$what is rejected', ({ value }) => {
  expect(() => parseTopology(value)).toThrow(expect.objectContaining({ code: 'invalid-topology' }));
});
