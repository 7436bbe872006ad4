import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';
import { renderAll } from '../../stack/render.ts';
import { makeTopology, type Topology } from '../../model/topology.ts';
import { renderGrafana } from './render.ts';

const Datasources = z.object({
  datasources: z.array(
    z.object({
      uid: z.string(),
      type: z.string(),
      url: z.string(),
      isDefault: z.boolean().optional(),
      jsonData: z.object({
        timeInterval: z.string().optional(),
        exemplarTraceIdDestinations: z.array(z.object({ name: z.string(), datasourceUid: z.string() })).optional(),
      }),
    }),
  ),
});

function datasourcesOf(topology: Topology): z.infer<typeof Datasources>['datasources'] {
  const [file] = renderGrafana(topology).filter(({ path }) => path.startsWith('datasources/'));
  return Datasources.parse(parse(file?.text ?? '')).datasources;
}

const topology = makeTopology();
/** A topology in which mail1 publishes traces. */
const traced: Topology = {
  ...topology,
  hosts: topology.hosts.map((host) =>
    host.name === 'mail1' ? { ...host, published: [{ loopbackPort: 9411, port: 9411, what: 'traces' }] } : host,
  ),
};

describe('the provisioning of Grafana', () => {
  it('has both Prometheus servers, the first as default, with the slowest scrape interval', () => {
    const found = datasourcesOf(topology).filter(({ type }) => type === 'prometheus');
    expect(found.map(({ uid, url, isDefault }) => [uid, url, isDefault])).toEqual([
      ['prometheus-mon1', 'http://198.18.3.71:9090', true],
      ['prometheus-mon2', 'http://198.18.3.72:9090', false],
    ]);
    expect(found.map(({ jsonData }) => jsonData.timeInterval)).toEqual(['15s', '15s']);
  });

  it('links exemplars to traces if a host publishes them', () => {
    const found = datasourcesOf(traced);
    expect(found.find(({ uid }) => uid === 'zipkin')).toMatchObject({ type: 'zipkin', url: 'http://198.18.3.81:9411' });
    for (const { jsonData } of found.filter(({ type }) => type === 'prometheus')) {
      expect(jsonData.exemplarTraceIdDestinations).toEqual([{ name: 'trace_id', datasourceUid: 'zipkin' }]);
    }
  });

  it('finds the dashboards in the mounted folder, and makes them read-only', () => {
    const text = renderGrafana(topology).find(({ path }) => path.startsWith('dashboards/'))?.text ?? '';
    const compose = renderAll(topology, new Map()).get('compose.yaml') ?? '';
    expect(parse(text)).toMatchObject({ providers: [{ type: 'file', allowUiUpdates: false }] });
    expect(compose).toContain('./dashboards/generated:/etc/holdfast-dashboards:ro');
    expect(text).toContain('path: /etc/holdfast-dashboards');
  });

  it('requires the generated password', () => {
    const compose = renderAll(topology, new Map()).get('compose.yaml') ?? '';
    expect(compose).toContain('GF_SECURITY_ADMIN_PASSWORD__FILE: /run/secrets/grafana-admin-password');
    expect(compose).toContain('GF_AUTH_ANONYMOUS_ENABLED: "false"');
    expect(compose).toContain('127.0.0.1:3000:3000');
  });
});
