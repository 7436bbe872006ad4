import { expect, it } from 'vitest';
import { checkInImage } from '../../images/check-in-image.ts';
import { hostsOf, makeTopology } from '../../model/topology.ts';
import { renderEdge } from './render.ts';

const IMAGE = process.env['HOLDFAST_EDGE_IMAGE'] ?? 'holdfast/edge:dev';
const COMMAND = 'varnishd -C -j none -n /tmp/check -f /etc/holdfast/default.vcl 2>/dev/null >/dev/null';
const HAPROXY = 'haproxy -c -V -f /etc/holdfast/haproxy.cfg';
const topology = makeTopology();

it.each(hostsOf(topology, 'edge').map((host) => [host.name, host] as const))(
  'Varnish compiles the program of %s',
  async (_name, host) => {
    const { exitCode } = await checkInImage(IMAGE, renderEdge(topology, host), { command: COMMAND });
    expect(exitCode).toBe(0);
  },
);

it('Varnish rejects a program with an unknown keyword, so its check is valid', async () => {
  const [host] = hostsOf(topology, 'edge');
  const files = host === undefined ? [] : renderEdge(topology, host);
  const broken = files.map((file) => ({ ...file, text: file.text.replace('return (pass)', 'return (pas)') }));
  expect((await checkInImage(IMAGE, broken, { command: COMMAND })).exitCode).not.toBe(0);
});

it.each(hostsOf(topology, 'edge').map((host) => [host.name, host] as const))(
  'HAProxy accepts the configuration of %s without a warning',
  async (_name, host) => {
    const { exitCode, output } = await checkInImage(IMAGE, renderEdge(topology, host), { command: HAPROXY });
    expect(output).not.toMatch(/WARNING|ALERT/);
    expect(output).toContain('Configuration file is valid');
    expect(exitCode).toBe(0);
  },
);
