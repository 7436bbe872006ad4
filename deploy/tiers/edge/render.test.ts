import { expect, test } from 'vitest';
import { HAPROXY_PREFIX, LOGGED_BACKENDS, LOGGED_FRONTENDS } from '../../model/access-log.ts';
import { CONTAINER_OPTIONS } from '../../model/container-options.ts';
import { renderLb } from '../lb/render.ts';
import { hostsOf, makeTopology, type Host } from '../../model/topology.ts';
import { renderEdge } from './render.ts';

const topology = makeTopology();
const [edge1] = hostsOf(topology, 'edge') as [Host];
const [lb1] = hostsOf(topology, 'lb') as [Host];

function fileOf(path: string, from = topology): string {
  return renderEdge(from, edge1).find((file) => file.path === path)?.text ?? '';
}

test.each([
  ['its own Toxiproxy', true, '.host = "127.0.0.1";\n    .port = "18080";'],
  ['the virtual address without one', false, '.host = "198.18.0.10";\n    .port = "80";'],
])('the origin is reached through %s', (_name, toxiproxy, backend) => {
  expect(fileOf('default.vcl', makeTopology({ toxiproxy }))).toContain(backend);
});

test('HAProxy listens on front, publish and loopback for clients, and only on ops for purges', () => {
  const binds = [...fileOf('haproxy.cfg').matchAll(/^frontend (\S+)\n((?: {4}bind .*\n)+)/gm)].map(
    ([, name, lines]) => [name, ...(lines ?? '').matchAll(/bind (\S+)/g).map(([, address]) => address)],
  );
  expect(binds).toEqual([
    ['stats', '198.18.3.21:8404'],
    ['edge', '198.18.0.21:8080', '198.18.4.21:8080', '127.0.0.1:8080'],
    ['purge', '198.18.3.21:8081'],
  ]);
});

test('no client of an edge is exempt from its limits', () => {
  const text = fileOf('haproxy.cfg');
  expect(text).toContain('    acl from_proxy always_false\n');
  expect(text).not.toMatch(/^ {4}acl .* src /m);
});

test('the frontends and backends in access logs are those that the monitors know', () => {
  const text = fileOf('haproxy.cfg') + (renderLb(topology, lb1).find(({ path }) => path === 'haproxy.cfg')?.text ?? '');
  const logged = [...text.matchAll(/^frontend (\S+)\n(?: {4}.*\n)*/gm)].filter(([body]) =>
    body.includes(HAPROXY_PREFIX),
  );
  expect(new Set(logged.map(([, name]) => name))).toEqual(new Set(LOGGED_FRONTENDS));
  expect(new Set(logged.map(([body]) => /default_backend (\S+)/.exec(body)?.[1]))).toEqual(new Set(LOGGED_BACKENDS));
});

test('the process limit of a host allows all threads of Varnish and all other processes', () => {
  const threads = Number(/VARNISH_THREADS=(\d+)/.exec(fileOf('varnish.env'))?.[1]);
  const requests = Number(/server edge1 .* maxconn (\d+)/.exec(fileOf('haproxy.cfg'))?.[1]);
  expect(threads).toBeGreaterThan(2 * requests);
  expect(CONTAINER_OPTIONS.edge.processes).toBeGreaterThanOrEqual(threads + 200);
});

test('requests without a length bypass Varnish, which responds to trailers with 503', () => {
  const [, backend = ''] = fileOf('haproxy.cfg', makeTopology({ toxiproxy: false })).split('\nbackend varnish\n');
  expect(backend).toContain('use-server origin if { req.hdr(Transfer-Encoding) -m found }');
  expect(backend.match(/^ {4}server origin .*/m)?.[0]).toMatch(/^ {4}server origin 198\.18\.0\.10:80 weight 0 /);
});

test('the origin has 12 s to send the first byte', () => {
  expect(fileOf('default.vcl')).toContain('.first_byte_timeout = 12s;');
});

test('the probe window of the origin follows `fall` and `rise` of the profile', () => {
  const profile = { ...topology.profile, check: { ...topology.profile.check, fall: 3, rise: 2 } };
  expect(fileOf('default.vcl', makeTopology({ profile }))).toMatch(/\.window = 4;\s+\.threshold = 2;/);
});

test('a 429 of the origin is treated like an error: it replaces no cached object, and the client gets a stale copy', () => {
  const [, receive = '', deliver = ''] =
    /sub vcl_backend_response \{\n([\s\S]*?)\n\}[\s\S]*sub vcl_deliver \{\n([\s\S]*?)\n\}/.exec(
      fileOf('default.vcl'),
    ) ?? [];
  expect(receive).toContain('if (beresp.status >= 500 || beresp.status == 429) {');
  expect(deliver).toContain('(resp.status >= 500 || resp.status == 429) && req.http.X-Edge-Stale == "found"');
});
