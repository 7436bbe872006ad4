import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';
import { renderAll } from './render.ts';
import { hostsOf, makeTopology } from '../model/topology.ts';

const Compose = z.object({
  services: z.record(
    z.string(),
    z.looseObject({
      labels: z.record(z.string(), z.string()),
      cap_drop: z.array(z.string()),
      secrets: z.array(z.string()).optional(),
      ports: z.array(z.string()).optional(),
      profiles: z.array(z.string()).optional(),
    }),
  ),
  networks: z.record(z.string(), z.object({ internal: z.boolean().optional() })),
});

const topology = makeTopology();
const files = renderAll(topology, new Map());
const compose = Compose.parse(parse(files.get('compose.yaml') ?? ''));

describe('rendered files', () => {
  it('are the same every time', () => {
    expect([...renderAll(makeTopology(), new Map())]).toEqual([...renderAll(topology, new Map())]);
  });
});

describe('the Compose file', () => {
  it('changes only edge1 when a loopback port of edge1 changes', () => {
    const services = (of: typeof topology): ReadonlyMap<string, string> => {
      const { services } = Compose.parse(parse(renderAll(of, new Map()).get('compose.yaml') ?? ''));
      return new Map(Object.entries(services).map(([name, service]) => [name, JSON.stringify(service)]));
    };
    const hosts = topology.hosts.map((host) => ({
      ...host,
      published: host.published.map((port) => ({
        ...port,
        loopbackPort: port.loopbackPort + (host.name === 'edge1' ? 1_000 : 0),
      })),
    }));
    const before = services(topology);
    const changed = [...services({ ...topology, hosts })].filter(([name, service]) => service !== before.get(name));
    expect(changed.map(([name]) => name)).toEqual(['edge1']);
  });

  it('has a service per host and one for Grafana, and starts neither Grafana nor standby slots', () => {
    const names = [...topology.hosts.map(({ name }) => name), 'grafana'];
    expect(Object.keys(compose.services).sort()).toEqual(names.sort());
    const started = Object.entries(compose.services).filter(([, { profiles }]) => profiles === undefined);
    const enabled = topology.hosts.filter((host) => host.enabled).map(({ name }) => name);
    expect(started.map(([name]) => name).sort()).toEqual([...enabled].sort());
  });

  it('publishes only on loopback, and gives no host outbound access', () => {
    const ports = Object.values(compose.services).flatMap((service) => service.ports ?? []);
    expect(ports.length).toBeGreaterThan(0);
    for (const port of ports) expect(port).toMatch(/^127\.0\.0\.1:/);
    for (const name of ['front', 'app', 'data', 'ops']) expect(compose.networks[name]?.internal, name).toBe(true);
  });

  it('drops every capability first and does not mount the key of the certificate authority', () => {
    for (const service of Object.values(compose.services)) {
      expect(service.cap_drop).toEqual(['ALL']);
      expect(service.secrets ?? []).not.toContain('ca-key');
    }
  });

  it('addresses dependencies directly without Toxiproxy', () => {
    const direct = renderAll(makeTopology({ toxiproxy: false }), new Map());
    expect([...direct.keys()].filter((path) => path.endsWith('toxiproxy.json'))).toEqual([]);
    for (const host of hostsOf(topology, 'app')) {
      expect(direct.get(`deploy/rendered/${host.name}/app.json`)).toContain('198.18.1.10');
    }
  });
});
