import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { hostsOf, makeTopology, routeAddress } from '../../deploy/model/topology.ts';
import { waitFor } from '../../kit/deadline.ts';
import { openHosts } from '../../kit/hosts.ts';
import { waitForSteady } from '../runner/steady-state.ts';

const topology = makeTopology();
const world = { topology, hosts: openHosts() };
const { signal } = new AbortController();
const steady = (): Promise<void> => waitForSteady(world, { deadlineMs: 180_000, signal });

/** The published endpoints of the edges. */
const edges = hostsOf(topology, 'edge').map(({ published: [page] }) => `http://127.0.0.1:${page?.loopbackPort ?? 0}`);
const front = routeAddress(topology, 'http');
const virtualAddress = `http://${front.host}:${front.port}`;

async function answers(site: string): Promise<boolean> {
  const response = await fetch(`${site}/products?page=1`, { signal: AbortSignal.timeout(2_000) });
  return response.status === 200 && (await response.text()).includes('</html>');
}

beforeAll(steady, 300_000);
afterAll(steady, 300_000);

describe('with any single host down, the site answers', () => {
  it.each(topology.hosts.filter(({ enabled }) => enabled).map(({ name }) => name))('%s', async (host) => {
    await world.hosts.kill(host);
    try {
      const pollOptions = { deadlineMs: 10_000, intervalMs: 100 };
      await waitFor(() => answers(virtualAddress), { what: 'the virtual address', ...pollOptions });
      const otherEdges = edges.filter((_, index) => host !== `edge${index + 1}`);
      for (const edge of otherEdges) await waitFor(() => answers(edge), { what: edge, ...pollOptions });
      expect(await world.hosts.state(host)).toMatchObject({ running: false });
    } finally {
      await world.hosts.start(host);
    }
    await waitFor(async () => (await world.hosts.state(host))?.health === 'healthy', {
      what: `${host} healthy again`,
      deadlineMs: 120_000,
    });
  });
});
