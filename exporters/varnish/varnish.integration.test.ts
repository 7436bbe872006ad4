import { afterAll, expect, it } from 'vitest';
import { addressOn, hostsOf, makeTopology, PORTS } from '../../deploy/model/topology.ts';
import { waitFor } from '../../kit/deadline.ts';
import { openHosts } from '../../kit/hosts.ts';

const topology = makeTopology();
const hosts = openHosts();
const [monitor] = hostsOf(topology, 'monitor');
const edges = hostsOf(topology, 'edge');
const exporter = `http://${monitor === undefined ? '' : addressOn(monitor, 'ops')}:${PORTS.exporter}`;
const edge = edges[0]?.name ?? '';
const shop = `http://127.0.0.1:${edges[0]?.published[0]?.loopbackPort ?? 0}`;

/** Samples of one probe, in their order. */
async function probe(target: string): Promise<readonly (readonly [series: string, value: number])[]> {
  const response = await fetch(`${exporter}/probe?module=varnish&target=${target}`, {
    signal: AbortSignal.timeout(10_000),
  });
  expect(response.status).toBe(200);
  const lines = (await response.text()).split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  return lines.map((line) => [line.slice(0, line.lastIndexOf(' ')), Number(line.slice(line.lastIndexOf(' ') + 1))]);
}

async function valueOf(name: string): Promise<number> {
  return new Map(await probe(edge)).get(name) ?? NaN;
}

function admin(...command: readonly string[]) {
  return hosts.exec(edge, ['s6-setuidgid', 'varnish', 'varnishadm', '-n', '/var/lib/varnish/cache', ...command]);
}

/** The configuration that was active before a test changed it. */
let activeVcl = '';

afterAll(async () => {
  await admin('vcl.use', activeVcl);
  await admin('vcl.discard', 'again');
});

it.each(edges.map(({ name }) => name))('%s exposes all metrics of its Varnish', async (name) => {
  const samples = new Map(await probe(name));
  expect(samples.get('varnish_up')).toBe(1);
  expect(samples.get('varnish_backend_up{backend="origin",server="unknown"}')).toBe(1);
  const failed = [...samples].filter(([series, value]) => series.includes('collector_success') && value !== 1);
  expect(failed).toEqual([]);
});

it('counts hits', async () => {
  const before = await valueOf('varnish_main_cache_hit');
  for (let request = 0; request < 5; request += 1) {
    const response = await fetch(`${shop}/products?page=1`, { signal: AbortSignal.timeout(5_000) });
    await response.text();
  }
  await waitFor(async () => (await valueOf('varnish_main_cache_hit')) >= before + 3, {
    what: 'the hits to be counted',
    deadlineMs: 10_000,
  });
});

it('exposes each backend once after a reload, from the new configuration', async () => {
  activeVcl = /^active(?:\s+\S+){3}\s+(\S+)/m.exec((await admin('vcl.list')).stdout)?.[1] ?? '';
  expect(activeVcl).not.toBe('');
  expect((await admin('vcl.load', 'again', '/etc/holdfast/default.vcl')).code).toBe(0);
  expect((await admin('vcl.use', 'again')).code).toBe(0);
  const samples = await probe(edge);
  const backends = samples.filter(([series]) => series.startsWith('varnish_backend_req{'));
  // The new backend has not received any request yet.
  expect(backends).toEqual([['varnish_backend_req{backend="origin",server="unknown"}', 0]]);
  expect(samples.filter(([series]) => series.startsWith('varnish_backend_up{'))).toHaveLength(1);
});
