import { mkdir, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { HoldfastError } from '../../kit/errors.ts';
import { PATHS } from '../../kit/paths.ts';
import { haproxyCommand } from '../model/haproxy-command.ts';
import { hostsOf, type Host, type Topology } from '../model/topology.ts';
import { responseTimeoutMs } from '../model/response-timeout.ts';
import { BACKENDS, readServer, type PooledTier } from '../observe/haproxy-servers.ts';
import type { StackContext } from '../observe/observation.ts';
import { DRAINED, readHostFiles } from '../stack/host-files.ts';
import { waitUntilMet, type WaitOptions } from './wait-until-met.ts';

/** A host that gets requests through a backend of the load balancers. */
type PooledHost = Host & { readonly tier: PooledTier };

function isPooled(host: Host): host is PooledHost {
  return host.tier in BACKENDS;
}

/**
 * Takes a web or application host out of every load balancer that serves, and waits until its requests have finished. Disposing returns it. Other tiers
 * are not behind a backend of requests: for these it does nothing. Throws `roll-stopped` if the host is still used after the deadline.
 */
export async function drain(
  context: StackContext,
  host: Host,
  { signal, onWait }: Pick<WaitOptions, 'signal' | 'onWait'>,
): Promise<AsyncDisposable> {
  await using undo = new AsyncDisposableStack();
  if (!isPooled(host)) return undo.move();
  undo.defer(() => undrain(context, host));
  // On disk before the first load balancer knows, so that the next `up` returns the host if this process is killed.
  const marker = markerOf(host);
  await mkdir(dirname(marker), { recursive: true });
  await writeFile(marker, '');
  await setState(context, host, 'drain');
  const deadlineMs = 2 * responseTimeoutMs(context.topology.profile, BACKENDS[host.tier]);
  const unmet = await waitUntilMet(() => findUse(context, host), { deadlineMs, signal, onWait });
  if (unmet !== '') {
    throw new HoldfastError(
      'roll-stopped',
      `${host.name} could not be drained within ${deadlineMs / 1_000} s: ${unmet}.`,
      {
        fix: 'Repeat `./holdfast up`. `./holdfast up --at-once` does not wait for requests.',
      },
    );
  }
  return undo.move();
}

/** Returns a host to the load balancers. It stays marked if one of them did not accept that, so that the next `up` repeats it. */
async function undrain(context: StackContext, host: PooledHost): Promise<void> {
  if (await setState(context, host, 'ready')) await rm(markerOf(host), { force: true });
}

/**
 * Sets the administrative state of a host on every load balancer that runs. Returns whether all of them accepted it. One whose HAProxy is down does
 * not count: HAProxy forgets the state when it restarts.
 */
async function setState(
  { topology, hosts }: StackContext,
  { tier, name }: PooledHost,
  state: 'drain' | 'ready',
): Promise<boolean> {
  const command = haproxyCommand(`set server ${BACKENDS[tier]}/${name} state ${state}`);
  const states = await hosts.list();
  const running = hostsOf(topology, 'lb').filter((lb) => states.get(lb.name)?.running === true);
  const accepted = await Promise.all(
    running.map(async (lb) => {
      const { code, stdout } = await hosts.exec(lb.name, command).catch(() => ({ code: 0, stdout: 'no response' }));
      return code !== 0 || stdout.trim() === '';
    }),
  );
  return accepted.every(Boolean);
}

/** The load balancers that still use a host, with its requests in flight; an empty text if none does. Throws if none responds. */
async function findUse({ topology }: StackContext, { tier, name }: PooledHost): Promise<string> {
  const views = await Promise.allSettled(hostsOf(topology, 'lb').map((lb) => readServer(lb, BACKENDS[tier], name)));
  const responses = views.flatMap((view) => (view.status === 'fulfilled' ? [view.value] : []));
  if (responses.length === 0) throw new Error('no load balancer responds');
  return responses
    .filter(({ isUp, sessions }) => isUp || sessions > 0)
    .map(({ lb, sessions }) => `${lb} has ${sessions} requests in flight`)
    .join(', ');
}

/** Names of the hosts that a roll has drained, also if it was interrupted. */
export async function findDrained({ hosts }: Pick<Topology, 'hosts'>): Promise<ReadonlySet<string>> {
  const names = await Promise.all(
    hosts.map(async (host) => ((await readHostFiles(host)).has(DRAINED) ? [host.name] : [])),
  );
  return new Set(names.flat());
}

/** Returns hosts that an interrupted roll drained. Returns their names. Drains of operators stay. */
export async function undrainAll(context: StackContext): Promise<readonly string[]> {
  const drained = await findDrained(context.topology);
  for (const host of context.topology.hosts.filter(isPooled)) {
    if (drained.has(host.name)) await undrain(context, host);
  }
  return [...drained];
}

function markerOf({ name }: Host): string {
  return join(PATHS.hosts, name, DRAINED);
}
