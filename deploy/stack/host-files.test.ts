import { mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { servicesOf } from '../model/host-services.ts';
import { hostsOf, makeTopology, type Host } from '../model/topology.ts';
import { filesOf, readHostFiles, replaceHostFiles, writeHostFiles, writeStateFile } from './host-files.ts';
import { renderAll } from './render.ts';

const topology = makeTopology();
const rules = new Map([
  ['alerts/generated/rules.yaml', 'groups: []\n'],
  ['alerts/generated/rules.test.yaml', 'tests: []\n'],
  ['dashboards/generated/overview.json', '{}\n'],
]);
const rendered = renderAll(topology, rules);
const first = (tier: 'lb' | 'mail' | 'monitor'): Host => hostsOf(topology, tier)[0] as Host;

describe('the files of a host', () => {
  it('are its rendered configuration and the folders that it mounts, without test cases', async () => {
    const files = await filesOf(topology, first('monitor'), rendered);
    const config = files.find(({ path }) => path === 'config/prometheus.yml');
    expect(config?.text).toBe(rendered.get('deploy/rendered/mon1/prometheus.yml'));
    expect(files.map(({ path }) => path).filter((path) => !path.startsWith('config/'))).toEqual([
      'alerts/rules.yaml',
      'secrets.sha256',
    ]);
  });

  it('differ only on monitors after a change of a rule', async () => {
    const changed = renderAll(topology, new Map([...rules, ['alerts/generated/rules.yaml', 'groups: [1]\n']]));
    const differs = async (host: Host): Promise<boolean> =>
      JSON.stringify(await filesOf(topology, host, changed)) !==
      JSON.stringify(await filesOf(topology, host, rendered));
    const hosts = await Promise.all(topology.hosts.map(async (host) => [host, await differs(host)] as const));
    expect(hosts.filter(([, isChanged]) => isChanged).map(([{ tier }]) => tier)).toEqual(['monitor', 'monitor']);
  });

  it('include folders of the checkout that are not rendered', async () => {
    const files = await filesOf(topology, first('mail'), rendered);
    expect(files.find(({ path }) => path === 'runbooks/AppHostLost.md')?.text).toContain('# AppHostLost');
  });
});

describe('a host folder', () => {
  let hosts: string;
  beforeEach(async () => {
    hosts = await mkdtemp(join(tmpdir(), 'holdfast-hosts-'));
  });
  afterEach(() => rm(hosts, { recursive: true }));

  it('contains exactly the written files, also after an interrupted write', async () => {
    const host = first('lb');
    const files = await filesOf(topology, host, rendered);
    await writeHostFiles(host, [...files, { path: 'config/old.json', text: '{}' }], hosts);
    await writeFile(join(hosts, host.name, 'config/haproxy.cfg.new'), 'half');
    await writeHostFiles(host, files, hosts);
    expect(await readHostFiles(host, hosts)).toEqual(new Map(files.map(({ path, text }) => [path, text])));
  });

  it('is marked from the first write until its host is replaced, also if that is interrupted', async () => {
    const host = first('lb');
    const files = [{ path: 'config/haproxy.cfg', text: 'global' }];
    const names = async (): Promise<readonly string[]> => [...(await readHostFiles(host, hosts)).keys()];
    const interrupted = replaceHostFiles([{ host, files }], () => Promise.reject(new Error('killed')), hosts);
    await expect(interrupted).rejects.toThrow('killed');
    expect(await names()).toEqual(['config/haproxy.cfg', 'unfinished']);
    await replaceHostFiles(
      [{ host, files }],
      async () => {
        expect(await names()).toContain('unfinished');
      },
      hosts,
    );
    expect(await names()).toEqual(['config/haproxy.cfg']);
  });

  it('can be read and written while others replace its state files', async () => {
    const host = first('monitor');
    const files = await filesOf(topology, host, rendered);
    await writeHostFiles(host, files, hosts);
    const state = ['config/experiments.json', 'config/operations.json'];
    for (let round = 0; round < 40; round += 1) {
      const writes = [...state, ...state].map((path) => writeStateFile(host, { path, text: `${round}` }, hosts));
      const [found] = await Promise.all([readHostFiles(host, hosts), writeHostFiles(host, files, hosts), ...writes]);
      expect(found.get('config/prometheus.yml')).toBe(rendered.get('deploy/rendered/mon1/prometheus.yml'));
    }
    const names = [...(await readHostFiles(host, hosts)).keys()];
    expect(names).toEqual([...files.map(({ path }) => path), ...state].toSorted());
    expect((await readdir(join(hosts, host.name, 'config'))).filter((name) => name.endsWith('.new'))).toEqual([]);
  });

  it('is readable for all users of the host, whatever the umask is', async () => {
    const umask = process.umask(0o077);
    try {
      await writeHostFiles(first('lb'), [{ path: 'config/errors/429.http', text: 'text' }], hosts);
    } finally {
      process.umask(umask);
    }
    const entries = await readdir(hosts, { recursive: true });
    const modes = await Promise.all(
      entries.map(async (path) => [path, ((await stat(join(hosts, path))).mode & 0o777).toString(8)]),
    );
    expect(Object.fromEntries(modes)).toEqual({
      lb1: '755',
      'lb1/config': '755',
      'lb1/config/errors': '755',
      'lb1/config/errors/429.http': '644',
    });
  });
});

it('every reload or restart of a changed file is of a service of its host', async () => {
  for (const host of topology.hosts) {
    const services = servicesOf(topology, host.tier);
    for (const { path, onChange } of await filesOf(topology, host, rendered)) {
      const named =
        onChange.kind === 'reload' ? [onChange.service] : onChange.kind === 'restart' ? onChange.services : [];
      for (const service of named) expect(services, `${host.name} ${path}`).toContain(service);
    }
  }
});
