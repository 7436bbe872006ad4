import { mkdir, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { waitFor } from '../../kit/deadline.ts';
import { HoldfastError } from '../../kit/errors.ts';
import { PATHS } from '../../kit/paths.ts';
import { addressOn, hostsOf, PORTS, type Host, type Tier, type Topology } from '../model/topology.ts';
import { responseTimeoutMs } from '../model/response-timeout.ts';
import { fetchText } from '../observe/http.ts';
import { readSamples } from '../observe/metrics-text.ts';
import type { StackContext } from '../observe/observation.ts';
import { DRAINED, readHostFiles } from '../stack/host-files.ts';

/** The backend of HAProxy that sends requests to the hosts of a tier. */
const BACKENDS = { web: 'web', app: 'app-pool' } as const;

function backendOf(tier: Tier): (typeof BACKENDS)[keyof typeof BACKENDS] | undefined {
  return tier === 'web' || tier === 'app' ? BACKENDS[tier] : undefined;
}

/**
 * Takes a web or application host out of every load balancer that responds, and waits until its requests have finished. Disposing returns it.
 * Other tiers are not behind a backend of requests: for these it does nothing. Throws `roll-stopped` if requests do not finish in time.
 */
export async function drain(context: StackContext, host: Host, signal: AbortSignal): Promise<AsyncDisposable> {
  const backend = backendOf(host.tier);
  await using undo = new AsyncDisposableStack();
  if (backend === undefined) return undo.move();
  const marker = markerOf(host);
  undo.defer(async () => {
    await setState(context, { backend, server: host.name, state: 'ready' });
    await rm(marker, { force: true });
  });
  // On disk before the first load balancer knows, so that the next `up` returns the host if this process is killed.
  await mkdir(dirname(marker), { recursive: true });
  await writeFile(marker, '');
  await setState(context, { backend, server: host.name, state: 'drain' });
  const deadlineMs = 2 * responseTimeoutMs(context.topology.profile, backend);
  try {
    await waitFor(async () => (await countSessions(context, backend, host.name)) === 0, {
      ...{ what: `the end of requests to ${host.name}`, deadlineMs, intervalMs: 100, signal },
    });
  } catch (cause) {
    signal.throwIfAborted();
    throw new HoldfastError('roll-stopped', `Requests to ${host.name} did not end within ${deadlineMs / 1_000} s.`, {
      cause,
      fix: 'Repeat `./holdfast up`. `./holdfast up --at-once` does not wait for requests.',
    });
  }
  return undo.move();
}

interface ServerState {
  readonly backend: string;
  readonly server: string;
  readonly state: 'drain' | 'ready';
}

/**
 * Sets the administrative state of a server on every load balancer whose HAProxy responds. The others get no requests, and HAProxy forgets the state
 * when it restarts.
 */
async function setState({ topology, hosts }: StackContext, { backend, server, state }: ServerState): Promise<void> {
  const command = `echo "set server ${backend}/${server} state ${state}" | socat - /run/haproxy/admin.sock`;
  await Promise.allSettled(hostsOf(topology, 'lb').map(({ name }) => hosts.exec(name, ['sh', '-c', command])));
}

/** Requests in flight at a server, over all load balancers that respond. */
async function countSessions({ topology }: StackContext, backend: string, server: string): Promise<number> {
  const pages = await Promise.allSettled(
    hostsOf(topology, 'lb').map((lb) => fetchText(`http://${addressOn(lb, 'ops')}:${PORTS.haproxyStats}/metrics`)),
  );
  return pages
    .flatMap((page) => (page.status === 'fulfilled' ? readSamples(page.value, 'haproxy_server_current_sessions') : []))
    .filter(({ labels }) => labels['proxy'] === backend && labels['server'] === server)
    .reduce((sum, { value }) => sum + value, 0);
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
  for (const host of context.topology.hosts.filter(({ name }) => drained.has(name))) {
    const backend = backendOf(host.tier);
    if (backend !== undefined) await setState(context, { backend, server: host.name, state: 'ready' });
    await rm(markerOf(host), { force: true });
  }
  return [...drained];
}

function markerOf({ name }: Host): string {
  return join(PATHS.hosts, name, DRAINED);
}
