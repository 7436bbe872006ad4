import { describe, expect, it } from 'vitest';
import { checkTopology } from './check-topology.ts';
import { DRILL } from './profile.ts';
import { makeTopology, type Host, type Topology } from './topology.ts';

const reference = makeTopology();

function withHosts(change: (host: Host) => Host | undefined): Topology {
  return { ...reference, hosts: reference.hosts.flatMap((host) => change(host) ?? []) };
}

function codesOf(topology: Topology): readonly string[] {
  return checkTopology(topology).map(({ code }) => code);
}

describe('checkTopology', () => {
  it('reports no problem of the reference topology', () => {
    expect(checkTopology(reference)).toEqual([]);
  });

  it.each<readonly [string, Topology, string]>([
    [
      'two hosts with one address',
      withHosts((host) =>
        host.name === 'web2' ? { ...host, addresses: { ...host.addresses, app: '198.18.1.31' } } : host,
      ),
      'duplicate-address',
    ],
    [
      'a host on a virtual address',
      withHosts((host) =>
        host.name === 'web2' ? { ...host, addresses: { ...host.addresses, app: '198.18.1.10' } } : host,
      ),
      'duplicate-address',
    ],
    [
      'an address outside its network',
      withHosts((host) => (host.name === 'web2' ? { ...host, addresses: { app: '198.18.2.32' } } : host)),
      'address-outside-network',
    ],
    [
      'two hosts of one name',
      withHosts((host) => (host.name === 'web2' ? { ...host, name: 'web1' } : host)),
      'duplicate-host',
    ],
    [
      'two hosts that publish one port',
      withHosts((host) =>
        host.name === 'edge2' ? { ...host, published: [{ loopbackPort: 8081, port: 1, what: '' }] } : host,
      ),
      'port-clash',
    ],
    [
      'two routes on one port',
      { ...reference, routes: { ...reference.routes, 'db-read': { ...reference.routes['db-read'], port: 3306 } } },
      'port-clash',
    ],
    [
      'a dependency on a route that does not exist',
      { ...reference, dependencies: [{ name: 'origin', consumer: 'edge', route: 'nowhere' as 'http', proxyPort: 1 }] },
      'unknown-dependency',
    ],
    ['a consumer without hosts', withHosts((host) => (host.tier === 'edge' ? undefined : host)), 'unknown-consumer'],
    ['two database nodes', withHosts((host) => (host.name === 'db3' ? undefined : host)), 'too-few-database-nodes'],
    ['one application host', makeTopology({ appHosts: 1 }), 'single-point-of-failure'],
    [
      'a check timeout above the check interval',
      makeTopology({ profile: { ...DRILL, check: { ...DRILL.check, timeoutMs: 600 } } }),
      'profile-contradiction',
    ],
    [
      'a poll interval of database nodes above their timeout',
      makeTopology({ profile: { ...DRILL, role: { ...DRILL.role, intervalMs: 600 } } }),
      'profile-contradiction',
    ],
  ])('reports %s', (_, topology, code) => {
    expect(codesOf(topology)).toContain(code);
  });

  it('reports all problems at once', () => {
    const broken = withHosts((host) =>
      host.name === 'db3' ? undefined : host.name === 'web2' ? { ...host, addresses: { app: '198.18.1.31' } } : host,
    );
    expect(codesOf(broken)).toEqual(expect.arrayContaining(['duplicate-address', 'too-few-database-nodes']));
  });

  it('only warns about a single application host', () => {
    expect(checkTopology(makeTopology({ appHosts: 1 })).map(({ severity }) => severity)).toEqual(['warning']);
  });
});
