import { access, constants, mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { ExecResult, Hosts } from '../../kit/hosts.ts';
import { ROOT } from '../../kit/paths.ts';
import { makeTopology, type Host } from '../model/topology.ts';
import { readHostFiles, UNFINISHED, writeHostFiles } from '../stack/host-files.ts';
import { changeServices } from './change-services.ts';
import type { PlannedHost } from './plan.ts';
import { renderMarker, type ServiceChange } from './service-change.ts';
import { filesOf } from '../stack/host-files.ts';
import { reload } from '../model/rendered-file.ts';

const topology = makeTopology();
const host = topology.hosts.find(({ name }) => name === 'lb1') as Host;
const HAPROXY: readonly ServiceChange[] = [{ service: 'haproxy', how: 'reload' }];
const OLD = [{ path: 'config/haproxy.cfg', text: 'old' }];
const NEW = [
  { path: 'config/haproxy.cfg', text: 'new', onChange: reload('haproxy') },
  { path: 'config/errors/400.html', text: 'page', onChange: reload('haproxy') },
];

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'change-services-'));
  await writeHostFiles(host, OLD, folder);
});
afterEach(() => rm(folder, { recursive: true }));

const inPlace = (): Promise<string> => readFile(join(folder, 'lb1/config/haproxy.cfg'), 'utf8');
const paths = async (): Promise<readonly string[]> =>
  (await readdir(join(folder, 'lb1'), { recursive: true, withFileTypes: true }))
    .filter((entry) => entry.isFile())
    .map(({ name }) => name)
    .toSorted();

const accepted: ExecResult = { code: 0, stdout: 'worker 7 serves\n', stderr: '' };
const rejected: ExecResult = { code: 1, stdout: '[ALERT] unknown keyword\n', stderr: '' };

/** Calls `run` for each script of a service: `check`, or `reload` with the file that is in place then. */
async function change(
  run: (script: string) => ExecResult | Promise<ExecResult>,
  services: readonly ServiceChange[] = HAPROXY,
): Promise<readonly string[]> {
  const lines: string[] = [];
  const exec: Hosts['exec'] = async (_host, argv) => run(argv[0] === 'sh' ? 'check' : `reload ${await inPlace()}`);
  const planned: PlannedHost = { host, files: NEW, action: 'reload', reasons: [], services };
  await changeServices(planned, {
    context: { topology, hosts: { exec } as Hosts },
    signal: new AbortController().signal,
    onProgress: (line) => lines.push(line),
    folder,
  });
  return lines;
}

it('the service checks the files in another folder before they are in place, and confirms its reload', async () => {
  const scripts: string[] = [];
  const lines = await change(async (script) => {
    scripts.push(`${script}, in place: ${await inPlace()}`);
    if (script === 'check') expect(await paths()).toEqual(['400.html', 'haproxy.cfg', 'haproxy.cfg']);
    else expect(await paths()).toContain(UNFINISHED);
    return accepted;
  });
  expect(scripts).toEqual(['check, in place: old', 'reload new, in place: new']);
  expect(lines).toEqual(['lb1: haproxy: worker 7 serves']);
  expect(await paths()).toEqual(['400.html', 'haproxy.cfg']);
});

it('files that fail the check are never in place', async () => {
  await expect(change(() => rejected)).rejects.toMatchObject({
    code: 'roll-stopped',
    message: 'haproxy on lb1 rejects its new configuration: [ALERT] unknown keyword\nlb1 serves with its old files.',
  });
  expect(await inPlace()).toBe('old');
  expect(await paths()).toEqual(['haproxy.cfg']);
});

it('files that fail the reload are replaced by the old ones, which are loaded again', async () => {
  const scripts: string[] = [];
  const run = (script: string): ExecResult => {
    scripts.push(script);
    return script === 'reload new' ? rejected : accepted;
  };
  await expect(change(run)).rejects.toThrow(/did not reload: .*unknown keyword.* has its old files again/s);
  expect(scripts).toEqual(['check', 'reload new', 'reload old']);
  expect(await paths()).toEqual(['haproxy.cfg']);
});

it('a change that is killed leaves its services in the marker, and the files from before until it is completed', async () => {
  const killed = change((script) => {
    if (script === 'check') return accepted;
    throw new Error('killed');
  });
  await expect(killed).rejects.toThrow('killed');
  expect((await readHostFiles(host, folder)).get(UNFINISHED)).toBe(renderMarker(HAPROXY));
  // The next call finds the new files in place. If they are rejected now, it restores those from before the first one.
  await expect(change((script) => (script === 'reload new' ? rejected : accepted))).rejects.toThrow('old files again');
  expect(await inPlace()).toBe('old');
  expect(await paths()).toEqual(['haproxy.cfg']);
});

it('an interrupted change that is repeated ends with the new files and without a marker', async () => {
  await expect(
    change((script) => {
      if (script === 'check') return accepted;
      throw new Error('killed');
    }),
  ).rejects.toThrow('killed');
  await change(() => accepted);
  expect(await inPlace()).toBe('new');
  expect(await paths()).toEqual(['400.html', 'haproxy.cfg']);
});

it('every service that reloads has the scripts check and reload in its image', async () => {
  const services = new Set<string>();
  for (const one of topology.hosts) {
    for (const { onChange } of await filesOf(topology, one, new Map())) {
      if (onChange.kind === 'reload') services.add(`${one.tier}/${onChange.service}`);
    }
  }
  expect(services.size).toBeGreaterThan(4);
  for (const name of services) {
    const [tier = '', service = ''] = name.split('/');
    const inImage = join(ROOT, 'deploy/tiers', tier, 'image', tier === 'monitor' ? 's6' : 'services', service);
    for (const script of ['check', 'reload']) await access(join(inImage, script), constants.X_OK);
  }
});
