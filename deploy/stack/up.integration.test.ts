import { join } from 'node:path';
import { execa } from 'execa';
import { expect, it } from 'vitest';
import { waitFor } from '../../kit/deadline.ts';
import { openHosts } from '../../kit/hosts.ts';
import { ROOT } from '../../kit/paths.ts';
import { attachmentsOf } from '../model/network-attachments.ts';
import { readStatus } from './status.ts';
import { addressOn, makeTopology, PORTS, type Host, type NetworkName } from '../model/topology.ts';

const topology = makeTopology();
const hosts = openHosts();
/** `up` itself gives hosts 240 s. */
const UP_DEADLINE_MS = 270_000;

function hostNamed(name: string): Host {
  const host = topology.hosts.find((candidate) => candidate.name === name);
  if (host === undefined) throw new Error(`the topology has no ${name}`);
  return host;
}

/** Shuts a host down; disposing starts it again, if nobody did. */
async function stopped(name: string): Promise<AsyncDisposable> {
  await using stack = new AsyncDisposableStack();
  stack.defer(() => hosts.start(name));
  await hosts.stop(name);
  return stack.move();
}

/** Freezes a host; disposing thaws it, if nobody did. */
async function frozen(name: string): Promise<AsyncDisposable> {
  await using stack = new AsyncDisposableStack();
  stack.defer(() => hosts.unpause(name));
  await hosts.pause(name);
  return stack.move();
}

/** Pulls a cable of a host; disposing plugs it in again, if nobody did. */
async function cutOff(name: string, network: NetworkName): Promise<AsyncDisposable> {
  const leg = attachmentsOf(hostNamed(name), topology.profile).find((one) => one.network === network);
  if (leg === undefined) throw new Error(`${name} has no leg in ${network}`);
  await using stack = new AsyncDisposableStack();
  stack.defer(() => hosts.connect(name, leg));
  await hosts.disconnect(name, network);
  return stack.move();
}

/** What is not as it has to be, by host. */
async function unwell(): Promise<Readonly<Record<string, string>>> {
  const status = await readStatus(topology);
  return Object.fromEntries(status.hosts.flatMap(({ host, state }) => (state === 'healthy' ? [] : [[host, state]])));
}

/** How long a host believes in its neighbours, in ms, on each of its interfaces: Docker is told so for a leg whenever it is connected. */
async function believedMs(name: string): Promise<readonly number[]> {
  const { stdout } = await hosts.exec(name, ['sh', '-c', 'cat /proc/sys/net/ipv4/neigh/eth*/base_reachable_time_ms']);
  return stdout
    .trim()
    .split('\n')
    .map(Number)
    .toSorted((one, other) => one - other);
}

it('up brings back a host that was shut down, one that is frozen, and two that were cut off, and touches no other', async () => {
  await waitFor(async () => Object.keys(await unwell()).length === 0, { what: 'a whole stack', deadlineMs: 120_000 });
  const before = await hosts.list();
  const believedBefore = await believedMs('db3');
  expect(believedBefore).toContain(topology.profile.neighbour.arpReachableMs);
  await using _web = await stopped('web2');
  await using _app = await frozen('app2');
  await using _edge = await cutOff('edge2', 'front');
  await using _db = await cutOff('db3', 'data');
  expect(await unwell()).toMatchObject({ web2: 'stopped', app2: 'frozen', edge2: 'cut off', db3: 'cut off' });

  const { exitCode, stdout, stderr } = await execa(process.execPath, [join(ROOT, 'cli.ts'), 'up'], {
    cwd: ROOT,
    reject: false,
    timeout: UP_DEADLINE_MS,
  });
  expect({ exitCode, said: exitCode === 0 ? '' : `${stdout}\n${stderr}` }).toEqual({ exitCode: 0, said: '' });

  const after = await hosts.list();
  const enabled = topology.hosts.filter((host) => host.enabled);
  for (const { name, addresses } of enabled) {
    expect(after.get(name)).toMatchObject({ running: true, paused: false, health: 'healthy', networks: addresses });
  }
  // Whether a host that was cut off is connected again or started anew is Compose's to decide; what was well is left alone.
  const broken = new Set(['web2', 'app2', 'edge2', 'db3']);
  const restarted = enabled.filter(({ name }) => after.get(name)?.startedAt !== before.get(name)?.startedAt);
  expect(restarted.filter(({ name }) => !broken.has(name))).toEqual([]);
  // The leg of a database node has options that connecting it without them would lose.
  expect(await believedMs('db3')).toEqual(believedBefore);
  const page = await fetch(`http://${addressOn(hostNamed('edge2'), 'front')}:${PORTS.edge}/login`, {
    signal: AbortSignal.timeout(5_000),
  });
  expect([page.status, page.headers.get('x-served-by')]).toEqual([200, 'edge2']);
});
