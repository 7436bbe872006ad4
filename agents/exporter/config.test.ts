import { expect, it } from 'vitest';
import { makeTopology } from '../../deploy/model/topology.ts';
import { renderExporterConfig } from '../../deploy/tiers/monitor/render-exporter.ts';
import { exporterConfigSchema } from './config.ts';

const parse = (text: string) => exporterConfigSchema.parse(JSON.parse(text));

it.each([1, 2, 8])('the rendered configuration matches the schema, with %d application hosts', (appHosts) => {
  const topology = makeTopology({ appHosts });
  const config = parse(renderExporterConfig(topology));
  expect(config.hostFacts.map(({ host }) => host)).toEqual(
    topology.hosts.filter(({ enabled }) => enabled).map(({ name }) => name),
  );
  expect(config.logs.haproxy.map(({ host }) => host)).toEqual(['lb1', 'lb2', 'edge1', 'edge2']);
  // The log exporter must already know the standby hosts that scaling starts.
  expect(config.logs.servers).toContain('app8');
});

it('an unknown key is rejected', () => {
  const config: object = JSON.parse(renderExporterConfig(makeTopology())) as object;
  expect(() => parse(JSON.stringify({ ...config, mysqls: [] }))).toThrow('mysqls');
});
