import { join } from 'node:path';
import { execa } from 'execa';
import { afterEach, expect, it } from 'vitest';
import { haproxyCommand } from '../../deploy/model/haproxy-command.ts';
import { addressOn, hostsOf, makeTopology, PORTS, type Host } from '../../deploy/model/topology.ts';
import { openHosts } from '../../kit/hosts.ts';
import { PATHS, ROOT } from '../../kit/paths.ts';
import { toxiproxyApi } from '../faults/toxiproxy-api.ts';
import { openJournal } from '../journal/journal.ts';
import { findUnrecorded } from './find-unrecorded.ts';

const topology = makeTopology();
const world = { topology, hosts: openHosts() };
const journal = openJournal(PATHS.journal);
const [app] = hostsOf(topology, 'app') as [Host];
const [lb] = hostsOf(topology, 'lb') as [Host];
const proxies = toxiproxyApi(`http://${addressOn(app, 'ops')}:${PORTS.toxiproxy}`);

/** Runs a command. Returns its exit code and its output. */
async function holdfast(...words: readonly string[]): Promise<{ readonly code: number; readonly text: string }> {
  const { exitCode, all } = await execa(join(ROOT, 'holdfast'), [...words], { reject: false, all: true });
  return { code: exitCode ?? -1, text: all };
}

async function haproxy(order: string): Promise<void> {
  const { code, stderr } = await world.hosts.exec(lb.name, haproxyCommand(order));
  if (code !== 0) throw new Error(stderr);
}

afterEach(async () => {
  await proxies.removeToxic('db-read', 'left');
  await proxies.setEnabled('cache', true);
  await haproxy('set server web/web2 state ready');
});

it('a toxic and a disabled proxy without a journal entry are reported, make measuring commands fail, and are removed', async () => {
  expect(await findUnrecorded(world, journal)).toEqual([]);
  await proxies.addToxic('db-read', {
    ...{ name: 'left', type: 'latency', stream: 'downstream', toxicity: 1 },
    attributes: { latency: 40, jitter: 0 },
  });
  await proxies.setEnabled('cache', false);
  const names = [
    `${app.name}: toxic left (latency downstream, latency=40, jitter=0) on the proxy db-read`,
    `${app.name}: the proxy cache is disabled`,
  ];
  const shown = await holdfast('status');
  const refusals = [await holdfast('load', 'smoke'), await holdfast('prove', '--no-up', 'spof/app-crash')];
  for (const { code, text } of [shown, ...refusals]) {
    for (const name of names) expect(text).toContain(name);
    expect(text).toContain('heal --all');
    expect(code).not.toBe(0);
  }
  expect((await holdfast('heal')).text).toBe('nothing to heal');
  expect(await findUnrecorded(world, journal)).toHaveLength(2);
  const healed = await holdfast('heal', '--all');
  for (const name of names) expect(healed.text).toContain(`removed: ${name}`);
  expect(healed.code).toBe(0);
  expect(await findUnrecorded(world, journal)).toEqual([]);
});

it('a server that was taken out of a load balancer is reported, and not changed', async () => {
  await haproxy('set server web/web2 state maint');
  expect((await holdfast('status')).text).toContain(`${lb.name}: HAProxy has the server web/web2 in maintenance`);
  expect((await holdfast('heal', '--all')).text).toContain('NOT REMOVED');
  await haproxy('set server web/web2 state ready');
  expect(await findUnrecorded(world, journal)).toEqual([]);
});
