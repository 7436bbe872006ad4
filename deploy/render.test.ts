import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';
import { readDrift, renderAll } from './render.ts';
import { hostsOf, makeTopology } from './topology.ts';

const Compose = z.object({
  services: z.record(
    z.string(),
    z.object({
      cap_drop: z.array(z.string()),
      secrets: z.array(z.string()).optional(),
      ports: z.array(z.string()).optional(),
      profiles: z.array(z.string()).optional(),
    }),
  ),
  networks: z.record(z.string(), z.object({ internal: z.boolean().optional() })),
});

const topology = makeTopology();
const compose = Compose.parse(parse(renderAll(topology).get('compose.yaml') ?? ''));

describe('rendered files', () => {
  it('are on disk as the topology says', async () => {
    expect(await readDrift(renderAll(topology))).toEqual({ changed: [], missing: [], extra: [] });
  });

  it('are the same every time', () => {
    expect([...renderAll(makeTopology())]).toEqual([...renderAll(topology)]);
  });
});

describe('the Compose file', () => {
  it('has a service per host, and starts no spare', () => {
    expect(Object.keys(compose.services).sort()).toEqual(topology.hosts.map(({ name }) => name).sort());
    const started = Object.entries(compose.services).filter(([, { profiles }]) => profiles === undefined);
    const enabled = topology.hosts.filter((host) => host.enabled).map(({ name }) => name);
    expect(started.map(([name]) => name).sort()).toEqual([...enabled].sort());
  });

  it('publishes on loopback only, and gives no host a way out', () => {
    const ports = Object.values(compose.services).flatMap((service) => service.ports ?? []);
    expect(ports.length).toBeGreaterThan(0);
    for (const port of ports) expect(port).toMatch(/^127\.0\.0\.1:/);
    for (const name of ['front', 'app', 'data', 'ops']) expect(compose.networks[name]?.internal, name).toBe(true);
  });

  it('drops every capability first and mounts the authority’s key nowhere', () => {
    for (const service of Object.values(compose.services)) {
      expect(service.cap_drop).toEqual(['ALL']);
      expect(service.secrets ?? []).not.toContain('ca-key');
    }
  });

  it('addresses dependencies directly when Toxiproxy is left out', () => {
    const files = renderAll(makeTopology({ toxiproxy: false }));
    expect([...files.keys()].filter((path) => path.endsWith('toxiproxy.json'))).toEqual([]);
    for (const host of hostsOf(topology, 'app')) {
      expect(files.get(`deploy/rendered/${host.name}/app.json`)).toContain('198.18.1.10');
    }
  });
});
