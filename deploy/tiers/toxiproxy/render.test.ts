import { expect, test } from 'vitest';
import { hostsOf, makeTopology, slotsOf, type Tier } from '../../model/topology.ts';
import { renderToxiproxy } from './render.ts';

const topology = makeTopology();

function firstOf(tier: Tier) {
  const [host] = slotsOf(topology, tier);
  if (host === undefined) throw new Error(`no host of tier ${tier}`);
  return host;
}

function proxiesOf(tier: Tier): unknown {
  const file = renderToxiproxy(topology, firstOf(tier)).find(({ path }) => path === 'toxiproxy.json');
  return JSON.parse(file?.text ?? 'null');
}

test.each([
  ['edge', [['origin', '127.0.0.1:18080', '198.18.0.10:80']]],
  ['web', [['app-pool', '127.0.0.1:18081', '198.18.1.10:8081']]],
  [
    'app',
    [
      ['db-write', '127.0.0.1:13306', '198.18.1.10:3306'],
      ['db-read', '127.0.0.1:13307', '198.18.1.10:3307'],
      ['cache', '127.0.0.1:16379', '198.18.1.10:6379'],
    ],
  ],
] as const)('a host of tier %s has one proxy per dependency, from loopback to the virtual address', (tier, rows) => {
  expect(proxiesOf(tier)).toEqual(rows.map(([name, listen, upstream]) => ({ name, listen, upstream, enabled: true })));
});

test('the API of Toxiproxy listens on the ops address of its own host', () => {
  const environments = hostsOf(topology, 'app').map(
    (host) => renderToxiproxy(topology, host).find(({ path }) => path === 'toxiproxy.env')?.text,
  );
  expect(environments).toEqual([
    'TOXIPROXY_HOST=198.18.3.41\nTOXIPROXY_PORT=8474\n',
    'TOXIPROXY_HOST=198.18.3.42\nTOXIPROXY_PORT=8474\n',
  ]);
});

test.each(['lb', 'db', 'cache', 'monitor', 'mail', 'trace'] as const)('a host of tier %s has no Toxiproxy', (tier) => {
  expect(renderToxiproxy(topology, firstOf(tier))).toEqual([]);
});

test('a topology without Toxiproxy renders nothing', () => {
  const without = makeTopology({ toxiproxy: false });
  expect(without.hosts.flatMap((host) => renderToxiproxy(without, host))).toEqual([]);
});
