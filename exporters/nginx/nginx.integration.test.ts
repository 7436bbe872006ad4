import { expect, it } from 'vitest';
import { addressOn, hostsOf, makeTopology, PORTS } from '../../deploy/model/topology.ts';
import { openHosts } from '../../kit/hosts.ts';
import { failedCollectors, probe } from '../testing.ts';

const webs = hostsOf(makeTopology(), 'web').map((host) => [host.name, host] as const);

it.each(webs)('requests to %s are counted', async (name, host) => {
  const before = await probe('nginx', name);
  expect(before.get('nginx_up')).toBe(1);
  expect(failedCollectors(before)).toEqual([]);
  const url = `http://${addressOn(host, 'app')}:${PORTS.nginx}/healthz`;
  for (let count = 0; count < 20; count += 1) expect((await fetch(url)).status).toBe(200);
  const after = await probe('nginx', name);
  const grown = (series: string): number => (after.get(series) ?? NaN) - (before.get(series) ?? NaN);
  expect(grown('nginx_http_requests_total')).toBeGreaterThanOrEqual(20);
  expect(grown('nginx_connections_accepted')).toBeGreaterThanOrEqual(1);
  expect(after.get('nginx_connections_handled')).toBe(after.get('nginx_connections_accepted'));
});

it.each(webs)('the status page of %s is accessible to monitors only', async (_name, host) => {
  const url = `http://${addressOn(host, 'ops')}:${PORTS.nginxStatus}/stub_status`;
  expect((await fetch(url)).status).toBe(403);
});

it('--once prints the metrics of a target on a monitor, as the exporter’s own user', async () => {
  const hosts = openHosts();
  const [monitor] = hostsOf(makeTopology(), 'monitor');
  const once = ['node', '/opt/holdfast/agents/exporter/main.ts', '--once', 'nginx', 'web1'];
  const { code, stdout, stderr } = await hosts.exec(monitor?.name ?? '', once, { user: 'exporter' });
  expect([code, stderr]).toEqual([0, '']);
  expect(stdout).toContain('\nnginx_up 1\n');
  const wrong = await hosts.exec(monitor?.name ?? '', [...once.slice(0, -1), 'db1'], { user: 'exporter' });
  expect([wrong.code, wrong.stdout, wrong.stderr]).toEqual([64, '', 'target must be web1, web2.\n']);
});
