import { join } from 'node:path';
import { execa } from 'execa';
import { expect, it } from 'vitest';
import { waitFor } from '../../kit/deadline.ts';
import { openHosts } from '../../kit/hosts.ts';
import { ROOT } from '../../kit/paths.ts';
import { attachmentsOf } from '../model/network-attachments.ts';
import { readStatus } from '../stack/status.ts';
import { endDrain } from './drain.ts';
import { recordDrain } from './drains.ts';
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

/** Shuts a host down. Disposing starts it again if it is still stopped. */
async function stopped(name: string): Promise<AsyncDisposable> {
  await using stack = new AsyncDisposableStack();
  stack.defer(() => hosts.start(name));
  await hosts.stop(name);
  return stack.move();
}

/** Pauses a host. Disposing unpauses it if it is still paused. */
async function frozen(name: string): Promise<AsyncDisposable> {
  await using stack = new AsyncDisposableStack();
  stack.defer(() => hosts.unpause(name));
  await hosts.pause(name);
  return stack.move();
}

/** Disconnects a host from a network. Disposing connects it again if it is still disconnected. */
async function cutOff(name: string, network: NetworkName): Promise<AsyncDisposable> {
  const attachment = attachmentsOf(hostNamed(name), topology.profile).find((one) => one.network === network);
  if (attachment === undefined) throw new Error(`${name} is not attached to ${network}`);
  await using stack = new AsyncDisposableStack();
  stack.defer(() => hosts.connect(name, attachment));
  await hosts.disconnect(name, network);
  return stack.move();
}

/** The states of all hosts that are not healthy. */
async function unhealthyHosts(): Promise<Readonly<Record<string, string>>> {
  const status = await readStatus(topology);
  return Object.fromEntries(status.hosts.flatMap(({ host, state }) => (state === 'healthy' ? [] : [[host, state]])));
}

/** ARP reachable time of each interface of a host, in ms. Docker sets it whenever the interface is connected. */
async function reachableTimesMs(name: string): Promise<readonly number[]> {
  const { stdout } = await hosts.exec(name, ['sh', '-c', 'cat /proc/sys/net/ipv4/neigh/eth*/base_reachable_time_ms']);
  return stdout
    .trim()
    .split('\n')
    .map(Number)
    .toSorted((one, other) => one - other);
}

it('up repairs a stopped host, a paused host and two disconnected ones, and touches no other', async () => {
  await waitFor(async () => Object.keys(await unhealthyHosts()).length === 0, {
    what: 'a healthy stack',
    deadlineMs: 120_000,
  });
  const before = await hosts.list();
  const reachableBefore = await reachableTimesMs('db3');
  expect(reachableBefore).toContain(topology.profile.arp.reachableMs);
  await using _web = await stopped('web2');
  await using _app = await frozen('app2');
  await using _edge = await cutOff('edge2', 'front');
  await using _db = await cutOff('db3', 'data');
  expect(await unhealthyHosts()).toMatchObject({ web2: 'stopped', app2: 'frozen', edge2: 'cut off', db3: 'cut off' });

  const { exitCode, stdout, stderr } = await execa(process.execPath, [join(ROOT, 'cli.ts'), 'up'], {
    cwd: ROOT,
    reject: false,
    timeout: UP_DEADLINE_MS,
  });
  expect({ exitCode, output: exitCode === 0 ? '' : `${stdout}\n${stderr}` }).toEqual({ exitCode: 0, output: '' });

  const after = await hosts.list();
  const enabled = topology.hosts.filter((host) => host.enabled);
  for (const { name, addresses } of enabled) {
    expect(after.get(name)).toMatchObject({ running: true, paused: false, health: 'healthy', networks: addresses });
  }
  // Compose may reconnect a disconnected host or recreate it. It must not touch healthy hosts.
  const broken = new Set(['web2', 'app2', 'edge2', 'db3']);
  const restarted = enabled.filter(({ name }) => after.get(name)?.startedAt !== before.get(name)?.startedAt);
  expect(restarted.filter(({ name }) => !broken.has(name))).toEqual([]);
  // Reconnecting a database node must keep the endpoint options of its attachment.
  expect(await reachableTimesMs('db3')).toEqual(reachableBefore);
  const page = await fetch(`http://${addressOn(hostNamed('edge2'), 'front')}:${PORTS.edge}/login`, {
    signal: AbortSignal.timeout(5_000),
  });
  expect([page.status, page.headers.get('x-served-by')]).toEqual([200, 'edge2']);
});

it('up drains an edge again that has restarted while an operator had it drained', async () => {
  const edge = hostNamed('edge2');
  const connects = (): Promise<boolean> =>
    fetch(`http://${addressOn(edge, 'front')}:${PORTS.edge}/healthz`).then(
      () => true,
      () => false,
    );
  // HAProxy serves, as after a restart of the host.
  const drain = { host: edge.name, by: 'someone', reason: 'a test', since: new Date().toISOString() };
  await recordDrain(topology, { ...drain, kind: 'operator' });
  try {
    const { exitCode } = await execa(process.execPath, [join(ROOT, 'cli.ts'), 'up'], { cwd: ROOT, reject: false });
    expect(exitCode).toBe(0);
    expect(await connects()).toBe(false);
  } finally {
    await endDrain({ topology, hosts }, edge);
  }
  await waitFor(connects, { what: `a serving ${edge.name}`, deadlineMs: 40_000 });
});
