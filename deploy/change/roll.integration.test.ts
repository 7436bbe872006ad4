import { appendFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { waitFor } from '../../kit/deadline.ts';
import { openHosts } from '../../kit/hosts.ts';
import { PATHS } from '../../kit/paths.ts';
import { renderFiles } from '../../project/render-files.ts';
import { haproxyCommand } from '../model/haproxy-command.ts';
import { hostsOf, makeTopology } from '../model/topology.ts';
import { makePlan, type PlannedHost } from './plan.ts';
import { recordDrain } from './drains.ts';
import { replacement, restarting, roll, type RollItem } from './roll.ts';
import { requestPages } from './testing-pages.ts';
import { up } from './up.ts';

const topology = makeTopology();
const files = renderFiles(topology);
const context = { topology, hosts: openHosts() };
const { signal } = new AbortController();

const replacing = (planned: readonly PlannedHost[]): readonly RollItem[] => planned.map((one) => replacement(one));

/** The plan of the web hosts with another nginx.conf. */
const withComment = (planned: readonly PlannedHost[]): readonly PlannedHost[] =>
  planned
    .filter(({ host }) => host.tier === 'web')
    .map((one) => ({
      ...one,
      files: one.files.map((file) =>
        file.path === 'config/nginx.conf' ? { ...file, text: `${file.text}# another configuration\n` } : file,
      ),
    }));

it('a roll replaces the hosts of a tier one at a time, and no page fails', async () => {
  expect((await makePlan(topology, files)).filter(({ action }) => action !== 'nothing')).toEqual([]);
  const before = await context.hosts.list();
  const lines: string[] = [];
  const options = { context, signal, onProgress: (line: string) => lines.push(line) };
  const pages = requestPages(topology);
  try {
    await roll(replacing(withComment(await makePlan(topology, files))), options);
    const differing = (await makePlan(topology, files)).filter(({ action }) => action !== 'nothing');
    expect(differing.map(({ host, action, reasons }) => [host.name, action, reasons])).toEqual([
      ['web1', 'reload', ['nginx.conf changed']],
      ['web2', 'reload', ['nginx.conf changed']],
    ]);
    await roll(replacing(differing), options);
  } finally {
    await pages.stop();
  }
  expect((await makePlan(topology, files)).filter(({ action }) => action !== 'nothing')).toEqual([]);
  expect(lines.filter((line) => line.startsWith('replacing'))).toHaveLength(4);
  const after = await context.hosts.list();
  const replaced = [...after.values()].filter(({ host, startedAt }) => startedAt !== before.get(host)?.startedAt);
  expect(replaced.map(({ host }) => host).toSorted()).toEqual(['web1', 'web2']);
  expect(pages.results.length).toBeGreaterThan(100);
  expect(pages.results.filter((result) => result !== 200)).toEqual([]);
});

it('a roll stops before a host whose tier has another host down, unless it is forced', async () => {
  const [plan] = withComment(await makePlan(topology, files));
  if (plan === undefined) throw new Error('there are no web hosts');
  await using undo = new AsyncDisposableStack();
  undo.defer(async () => {
    await context.hosts.start('web2');
    await waitFor(async () => (await context.hosts.state('web2'))?.health === 'healthy', {
      ...{ what: 'a healthy web2', deadlineMs: 60_000 },
    });
  });
  await context.hosts.stop('web2');
  const before = await context.hosts.state('web1');
  await expect(roll(replacing([plan]), { context, signal, onProgress: () => undefined })).rejects.toThrow(
    'web1 was not changed: web2 is not healthy.',
  );
  expect((await context.hosts.state('web1'))?.startedAt).toBe(before?.startedAt);
  const forced = { context, signal, onProgress: () => undefined, isForced: true };
  await roll([restarting(plan.host, 'a test')], forced);
  expect((await context.hosts.state('web1'))?.startedAt).not.toBe(before?.startedAt);
});

it('up after a kill in the middle of a replacement returns the drained host first, and no page fails', async () => {
  const [first, second] = ['web1', 'web2'] as const;
  const balancers = hostsOf(topology, 'lb').map(({ name }) => name);
  const onBalancers = async (command: string): Promise<readonly string[]> =>
    Promise.all(
      balancers.map(async (name) => {
        return (await context.hosts.exec(name, haproxyCommand(command))).stdout;
      }),
    );
  // What a killed `up` leaves: the first host drained and not running, the second one with other files.
  await recordDrain(topology, { host: first, by: 'up', reason: '', since: new Date().toISOString(), kind: 'change' });
  await context.hosts.stop(first);
  await appendFile(join(PATHS.hosts, second, 'config/nginx.conf'), '# another configuration\n');
  const plan = (await makePlan(topology, files)).filter(({ action }) => action !== 'nothing');
  expect(plan.map(({ host, action }) => [host.name, action])).toEqual([
    [first, 'start'],
    [second, 'reload'],
  ]);
  const pages = requestPages(topology);
  try {
    await up({ topology, files, isAtOnce: false, signal, onProgress: () => undefined });
  } finally {
    await pages.stop();
  }
  expect((await makePlan(topology, files)).filter(({ action }) => action !== 'nothing')).toEqual([]);
  for (const state of await onBalancers('show servers state web')) {
    // Columns of HAProxy's management guide: name of the server, operational state (0: down) and administrative state (0: none).
    const states = [...state.matchAll(/ (web\d) \S+ (\d+) (\d+) /g)].map(([, name, op, admin]) => [
      name,
      op !== '0',
      admin,
    ]);
    expect(states).toEqual([
      [first, true, '0'],
      [second, true, '0'],
    ]);
  }
  expect(pages.results.filter((result) => result !== 200)).toEqual([]);
});
