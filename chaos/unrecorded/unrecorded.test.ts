import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { makeTopology } from '../../deploy/model/topology.ts';
import { fakeHosts } from '../faults/fake-hosts.ts';
import type { ProxyState } from '../faults/toxiproxy-api.ts';
import type { Undo } from '../faults/undo.ts';
import type { FaultRecord } from '../journal/fault-record.ts';
import { openJournal, type Journal } from '../journal/journal.ts';
import { findUnrecorded, refuseUnrecorded } from './find-unrecorded.ts';
import { healUnrecorded, renderUnrecordedReport } from './heal-unrecorded.ts';
import { isOff } from './unrecorded-client-limits.ts';
import { findUnrecordedLimits } from './unrecorded-limits.ts';
import { parseMaintenance } from './unrecorded-maintenance.ts';
import { findProxyFaults } from './unrecorded-proxies.ts';
import { parseServices } from './unrecorded-services.ts';

const PROXY: ProxyState = { name: 'db-read', listen: '127.0.0.1:13307', upstream: 'x:1', enabled: true, toxics: [] };
const TOXIC = { name: 'left', type: 'latency', stream: 'downstream', toxicity: 0.5, attributes: { latency: 40 } };

describe('the proxies of a host', () => {
  const calls: string[] = [];
  const api = {
    removeToxic: (proxy: string, toxic: string) => Promise.resolve(void calls.push(`${proxy} without ${toxic}`)),
    setEnabled: (proxy: string, enabled: boolean) => Promise.resolve(void calls.push(`${proxy} ${String(enabled)}`)),
  };
  const find = (proxies: readonly ProxyState[], recorded: readonly Undo[] = []) =>
    findProxyFaults('app1', { proxies, recorded, api });
  const target = { host: 'app1', api: 'http://app1:8474', proxy: 'db-read', port: 13_307, baselineMs: 1 };

  it('yield no finding when they are clean', () => {
    expect(find([PROXY])).toEqual([]);
  });

  it('are reported with host, proxy, toxic and numbers, and cleaned', async () => {
    const found = find([{ ...PROXY, enabled: false, toxics: [TOXIC] }]);
    expect(found.map(({ host, text }) => `${host}: ${text}`)).toEqual([
      'app1: the proxy db-read is disabled',
      'app1: toxic left (latency downstream, latency=40, toxicity=0.5) on the proxy db-read',
    ]);
    for (const { remove } of found) await remove?.();
    expect(calls).toEqual(['db-read true', 'db-read without left']);
  });

  it('may have the faults that the journal will revert, and no others', () => {
    const recorded: Undo = { kind: 'toxiproxy-latency', toxic: 'holdfast-latency', targets: [target] };
    const own = { ...TOXIC, name: 'holdfast-latency' };
    expect(find([{ ...PROXY, toxics: [own] }], [recorded])).toEqual([]);
    expect(find([{ ...PROXY, toxics: [own, TOXIC] }], [recorded])).toHaveLength(1);
    expect(find([{ ...PROXY, name: 'cache', toxics: [own] }], [recorded])).toHaveLength(1);
    expect(find([{ ...PROXY, enabled: false }], [recorded])).toHaveLength(1);
    expect(find([{ ...PROXY, enabled: false }], [{ kind: 'toxiproxy-down', targets: [target] }])).toEqual([]);
  });
});

it('a service is stopped by a command, or paused; a service that only runs at boot is neither', () => {
  const text = 'app true true false\nmigrate false true false\nnginx false true false\nfacts true true true\n';
  expect(parseServices(text)).toEqual([
    { name: 'nginx', isPaused: false },
    { name: 'facts', isPaused: true },
  ]);
});

it('a server is in maintenance or drain by a command, not by its health, its agent or its configuration', () => {
  const line = (route: string, server: string, admin: number): string =>
    `3 ${route} 1 ${server} 198.18.1.31 2 ${admin} 1 1 0`;
  const text = [
    '1',
    '# be_id be_name srv_id srv_name srv_addr srv_op_state srv_admin_state',
    line('web', 'web1', 1),
    line('web', 'web2', 0),
    line('app-pool', 'app1', 8),
    line('app-pool', 'app2', 4),
    line('db-read', 'db1', 5),
  ].join('\n');
  expect(parseMaintenance(text)).toEqual([
    { route: 'web', server: 'web1', how: 'maintenance' },
    { route: 'app-pool', server: 'app1', how: 'drain' },
  ]);
});

it.each([
  ['proc.client_limits: type=str value=<on>\n', false],
  ['proc.client_limits: type=str value=<off>\n', true],
  ['Variable not found.\n', false],
  ['', false],
])('limits per client address, by HAProxy’s answer %j, are off: %s', (answer, off) => {
  expect(isOff(answer)).toBe(off);
});

describe('the whole stack', () => {
  const topology = makeTopology({ toxiproxy: false });
  const names = topology.hosts.filter(({ enabled }) => enabled).map(({ name }) => name);
  let folder = '';
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'holdfast-unrecorded-'));
  });
  afterEach(() => {
    rmSync(folder, { recursive: true });
  });

  /** The stack as in the topology, except for the services of web1. */
  function worldOf(services: () => string) {
    const hosts = fakeHosts({
      names,
      exec: (host, argv) => {
        const isList = argv.join(' ').includes('s6-svstat');
        return { code: 0, stdout: isList && host === 'web1' ? services() : '', stderr: '' };
      },
    });
    for (const { name, memoryMiB } of topology.hosts) {
      const state = hosts.states.get(name);
      const limits = { memoryBytes: memoryMiB * 1024 * 1024, cpus: undefined };
      if (state !== undefined) hosts.states.set(name, { ...state, limits });
    }
    return { topology, hosts };
  }

  it('is accepted when it matches the topology', async () => {
    await refuseUnrecorded(
      worldOf(() => 'nginx true true false\n'),
      openJournal(folder),
    );
  });

  it('is refused with every finding and the fix, and healed as far as possible', async () => {
    let isDown = true;
    const world = worldOf(() => `nginx ${isDown ? 'false' : 'true'} true false\n`);
    const app1 = world.hosts.states.get('app1');
    if (app1 !== undefined) world.hosts.states.set('app1', { ...app1, limits: { ...app1.limits, cpus: 0.2 } });
    const refused = refuseUnrecorded(world, openJournal(folder));
    await expect(refused).rejects.toThrow('web1: the service nginx is stopped by an order');
    await expect(refused).rejects.toThrow('app1: it is limited to 0.2 processors');
    await expect(refused).rejects.toMatchObject({ fix: expect.stringContaining('heal --all') as string });
    const hosts = {
      ...world.hosts,
      exec: (host: string, argv: readonly string[]) => {
        if (argv.join(' ') === 's6-svc -u /etc/s6/nginx') isDown = false;
        return world.hosts.exec(host, argv);
      },
    };
    const report = await healUnrecorded({ topology, hosts }, openJournal(folder));
    expect(renderUnrecordedReport(report)).toEqual([
      'removed: web1: the service nginx is stopped by an order',
      expect.stringMatching(/^NOT REMOVED: app1: it is limited to 0.2 processors\. .*docker rm/),
    ]);
  });

  it('has no unrecorded fault when a run records one during the search', async () => {
    const journal = openJournal(folder);
    const undo: Undo = { kind: 'process-kill', host: 'web1', service: 'nginx', pid: 5 };
    const record: FaultRecord = {
      ...{ id: 'a', kind: undo.kind, description: '', hosts: ['web1'], undo, state: 'injected' },
      ...{ injectedBy: { pid: 1, startTicks: '1', bootId: '1' }, createdAt: 1, deadlineAt: 2 },
    };
    let readings = 0;
    const late: Journal = {
      ...journal,
      read: () => Promise.resolve({ open: (readings += 1) === 1 ? [] : [record], unreadable: [] }),
    };
    const world = worldOf(() => 'nginx false true false\n');
    expect(await findUnrecorded(world, late)).toEqual([]);
    expect(await findUnrecorded(world, journal)).toHaveLength(1);
  });

  it('is healed when limits per client address are disabled', async () => {
    const off = new Set(['edge2', 'lb1']);
    const { hosts } = worldOf(() => '');
    const world = {
      topology,
      hosts: {
        ...hosts,
        exec: (host: string, argv: readonly string[]) => {
          const command = argv.join(' ');
          if (command.includes('set var proc.client_limits expr str(on)')) off.delete(host);
          const stdout = `proc.client_limits: type=str value=<${off.has(host) ? 'off' : 'on'}>\n`;
          return Promise.resolve({ code: 0, stdout: command.includes('get var') ? stdout : '', stderr: '' });
        },
      },
    };
    expect(renderUnrecordedReport(await healUnrecorded(world, openJournal(folder)))).toEqual([
      'removed: edge2: the limits per client address are not in force',
      'removed: lb1: the limits per client address are not in force',
    ]);
  });

  it('has a finding for a host whose memory limit differs from the topology', () => {
    const world = worldOf(() => '');
    expect(findUnrecordedLimits(topology, world.hosts.states)).toEqual([]);
    const db1 = world.hosts.states.get('db1');
    if (db1 !== undefined)
      world.hosts.states.set('db1', { ...db1, limits: { memoryBytes: 64 * 1024 * 1024, cpus: undefined } });
    expect(findUnrecordedLimits(topology, world.hosts.states)).toMatchObject([
      { host: 'db1', text: 'its memory is 64 MiB, not 1024 MiB' },
    ]);
  });
});
