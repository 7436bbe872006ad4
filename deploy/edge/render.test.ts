import { expect, test } from 'vitest';
import { hostsOf, makeTopology, type Host } from '../topology.ts';
import { renderEdge } from './render.ts';

const topology = makeTopology();
const [edge1] = hostsOf(topology, 'edge') as [Host];

function fileOf(path: string, from = topology): string {
  return renderEdge(from, edge1).find((file) => file.path === path)?.text ?? '';
}

test.each([
  ['its own Toxiproxy', true, '.host = "127.0.0.1";\n    .port = "18080";'],
  ['the virtual address without one', false, '.host = "198.18.0.10";\n    .port = "80";'],
])('the origin is reached through %s', (_name, toxiproxy, backend) => {
  expect(fileOf('default.vcl', makeTopology({ toxiproxy }))).toContain(backend);
});

test('Varnish listens where its clients are: front, publish and loopback', () => {
  expect(fileOf('varnish.env')).toContain('VARNISH_LISTEN="198.18.0.21:8080 198.18.4.21:8080 127.0.0.1:8080"');
});

test('a pass gets 12 s to its first byte', () => {
  expect(fileOf('default.vcl')).toContain('.first_byte_timeout = 12s;');
});

test('the origin is out after as many failed probes, and in after as many good ones, as the profile says', () => {
  const profile = { ...topology.profile, check: { ...topology.profile.check, fall: 3, rise: 2 } };
  expect(fileOf('default.vcl', makeTopology({ profile }))).toMatch(/\.window = 4;\s+\.threshold = 2;/);
});
