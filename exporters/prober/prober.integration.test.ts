import { afterEach, describe, expect, it } from 'vitest';
import { hopsOf } from '../../deploy/model/hops.ts';
import { addressOn, hostsOf, makeTopology, PORTS } from '../../deploy/model/topology.ts';
import { waitFor } from '../../kit/deadline.ts';
import { openHosts } from '../../kit/hosts.ts';

const topology = makeTopology();
const hosts = openHosts();
const [monitor] = hostsOf(topology, 'monitor');

async function probe(module: string, target: string): Promise<ReadonlyMap<string, number>> {
  if (monitor === undefined) throw new Error('the topology has no monitor host');
  const url = `http://${addressOn(monitor, 'ops')}:${PORTS.exporter}/probe?module=${module}&target=${target}`;
  const text = await (await fetch(url, { headers: { 'x-prometheus-scrape-timeout-seconds': '8' } })).text();
  return new Map(
    [...text.matchAll(/^([a-z_]+(?:\{[^}]*\})?) (\S+)$/gm)].map(([, series = '', value]) => [series, Number(value)]),
  );
}

const succeeds = (module: string, target: string): Promise<unknown> =>
  waitFor(async () => (await probe(module, target)).get('probe_success') === 1, {
    what: `${module} ${target}`,
    deadlineMs: 30_000,
    intervalMs: 500,
  });

afterEach(() => hosts.unpause('web2'));

describe('the prober', () => {
  it.each(hopsOf(topology))('succeeds on $name', async ({ name }) => {
    await succeeds('hop', name);
  });

  it('completes the synthetic transaction', async () => {
    await succeeds('journey', 'shop');
  });

  it('exposes the expiry of the site certificate', async () => {
    const ends = (await probe('hop', 'https')).get('probe_ssl_earliest_cert_expiry') ?? 0;
    expect(ends).toBeGreaterThan(Date.now() / 1000);
  });

  it('detects a paused web host that the load balancers hide from customers', async () => {
    await hosts.pause('web2');
    expect((await probe('hop', 'web2')).get('probe_success')).toBe(0);
    await succeeds('journey', 'shop');
    await hosts.unpause('web2');
    await succeeds('hop', 'web2');
  });
});
