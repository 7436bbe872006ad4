import { waitFor } from '../../kit/deadline.ts';
import { HoldfastError } from '../../kit/errors.ts';
import { addressOn, hostsOf, PORTS, type Host, type Tier } from '../model/topology.ts';
import { responseTimeoutMs } from '../model/response-timeout.ts';
import { fetchText } from '../observe/http.ts';
import { readSamples } from '../observe/metrics-text.ts';
import type { StackContext } from '../observe/observation.ts';

/** The backend of HAProxy that sends requests to the hosts of a tier. */
const BACKENDS = { web: 'web', app: 'app-pool' } as const;

function backendOf(tier: Tier): (typeof BACKENDS)[keyof typeof BACKENDS] | undefined {
  return tier === 'web' || tier === 'app' ? BACKENDS[tier] : undefined;
}

/**
 * Takes a web or application host out of every load balancer and waits until its requests have finished. Disposing returns it. Other tiers
 * are not behind a backend of requests: for these it does nothing. Throws `deadline` if requests do not finish in time.
 */
export async function drain(context: StackContext, host: Host, signal: AbortSignal): Promise<AsyncDisposable> {
  const backend = backendOf(host.tier);
  await using undo = new AsyncDisposableStack();
  if (backend === undefined) return undo.move();
  undo.defer(() => setState(context, { backend, server: host.name, state: 'ready' }));
  await setState(context, { backend, server: host.name, state: 'drain' });
  const deadlineMs = 2 * responseTimeoutMs(context.topology.profile, backend);
  await waitFor(async () => (await countSessions(context, backend, host.name)) === 0, {
    ...{ what: `the end of requests to ${host.name}`, deadlineMs, intervalMs: 100, signal },
  });
  return undo.move();
}

interface ServerState {
  readonly backend: string;
  readonly server: string;
  readonly state: 'drain' | 'ready';
}

/** Sets the administrative state of a server on every running load balancer. HAProxy forgets it when it restarts. */
async function setState({ topology, hosts }: StackContext, { backend, server, state }: ServerState): Promise<void> {
  const states = await hosts.list();
  const running = hostsOf(topology, 'lb').filter(({ name }) => states.get(name)?.running === true);
  const command = `echo "set server ${backend}/${server} state ${state}" | socat - /run/haproxy/admin.sock`;
  await Promise.all(
    running.map(async ({ name }) => {
      const { code, stdout, stderr } = await hosts.exec(name, ['sh', '-c', command]);
      const problem = `${stdout}${stderr}`.trim();
      if (code !== 0 || problem !== '') {
        throw new HoldfastError('roll-stopped', `HAProxy on ${name} did not set ${server} to ${state}: ${problem}.`);
      }
    }),
  );
}

/** Requests in flight at a server, over all load balancers. */
async function countSessions({ topology }: StackContext, backend: string, server: string): Promise<number> {
  const pages = await Promise.all(
    hostsOf(topology, 'lb').map((lb) => fetchText(`http://${addressOn(lb, 'ops')}:${PORTS.haproxyStats}/metrics`)),
  );
  return pages
    .flatMap((page) => readSamples(page, 'haproxy_server_current_sessions'))
    .filter(({ labels }) => labels['proxy'] === backend && labels['server'] === server)
    .reduce((sum, { value }) => sum + value, 0);
}

/** Returns servers that an interrupted roll left in drain. Returns their names. */
export async function undrainAll(context: StackContext): Promise<readonly string[]> {
  const { topology, hosts } = context;
  const states = await hosts.list();
  const running = hostsOf(topology, 'lb').filter(({ name }) => states.get(name)?.health === 'healthy');
  const drained = await Promise.all(
    running.map(async (lb) => {
      const page = await fetchText(`http://${addressOn(lb, 'ops')}:${PORTS.haproxyStats}/metrics`);
      return readSamples(page, 'haproxy_server_status').flatMap(({ labels, value }) =>
        labels['state'] === 'DRAIN' && value === 1 ? [`${labels['proxy'] ?? ''}/${labels['server'] ?? ''}`] : [],
      );
    }),
  );
  const known = Object.entries(BACKENDS).flatMap(([tier, backend]) =>
    hostsOf(topology, tier as Tier).map(({ name }) => ({ backend, server: name, state: 'ready' as const })),
  );
  const found = known.filter(({ backend, server }) => drained.flat().includes(`${backend}/${server}`));
  for (const one of found) await setState(context, one);
  return found.map(({ server }) => server);
}
