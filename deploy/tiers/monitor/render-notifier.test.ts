import { describe, expect, it } from 'vitest';
import { hostsOf, type Links, makeTopology } from '../../model/topology.ts';
import { renderNotifierConfig } from './render-notifier.ts';

function linksFor(links?: Links): unknown {
  const topology = makeTopology(links === undefined ? {} : { links });
  const host = hostsOf(topology, 'monitor')[1];
  if (host === undefined) throw new Error('the topology has no second monitor');
  return (JSON.parse(renderNotifierConfig(topology, host)) as { readonly links: unknown }).links;
}

describe('the links of a notifier', () => {
  it('are the published pages of its own host, and the address of Grafana', () => {
    expect(linksFor()).toEqual({
      runbooks: 'http://127.0.0.1:8025/runbooks',
      prometheus: 'http://127.0.0.1:9092',
      alertmanager: 'http://127.0.0.1:9094',
      traces: 'http://127.0.0.1:9411',
      dashboards: 'http://127.0.0.1:3000',
    });
  });

  it('are overridden by those of the topology', () => {
    const links = { dashboards: 'https://grafana.example', prometheus: 'https://prometheus.example' };
    expect(linksFor(links)).toMatchObject({ ...links, alertmanager: 'http://127.0.0.1:9094' });
  });
});
