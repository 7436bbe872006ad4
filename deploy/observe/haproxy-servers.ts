import type { StackContext } from './observation.ts';
import { addressOn, hostsOf, PORTS, type Host, type Tier } from '../model/topology.ts';
import { fetchText } from './http.ts';
import { readSamples } from './metrics-text.ts';

/** The backend of HAProxy whose servers are the hosts of a tier. */
export const BACKENDS = { web: 'web', app: 'app-pool' } as const satisfies Readonly<Partial<Record<Tier, string>>>;

/** A tier whose hosts get requests through a backend. */
export type PooledTier = keyof typeof BACKENDS;

/** Whether the hosts of a tier get requests through a backend. */
export function isPooledTier(tier: Tier): tier is PooledTier {
  return tier in BACKENDS;
}

/** The load balancers that run and are not paused. The others learn drains and routes when they run again. */
export async function findRunningBalancers({ topology, hosts }: StackContext): Promise<readonly Host[]> {
  const states = await hosts.list();
  return hostsOf(topology, 'lb').filter(({ name }) => {
    const state = states.get(name);
    return state?.running === true && !state.paused;
  });
}

/** The servers of a backend that one load balancer sends requests to. */
export async function readUpServers(lb: Host, backend: string): Promise<readonly string[]> {
  return upServersOf(await readMetrics(lb), backend);
}

/** A server of a backend, as one load balancer sees it. */
export interface ServerView {
  readonly lb: string;
  /** It gets requests: it is up, and not drained. */
  readonly isUp: boolean;
  /** Requests in flight. */
  readonly sessions: number;
}

/** Reads the state of one server. Throws `http` if the load balancer does not respond. */
export async function readServer(lb: Host, backend: string, server: string): Promise<ServerView> {
  const text = await readMetrics(lb);
  const sessions = readSamples(text, 'haproxy_server_current_sessions')
    .filter(({ labels }) => labels['proxy'] === backend && labels['server'] === server)
    .reduce((sum, { value }) => sum + value, 0);
  return { lb: lb.name, isUp: upServersOf(text, backend).includes(server), sessions };
}

function readMetrics(lb: Host): Promise<string> {
  return fetchText(`http://${addressOn(lb, 'ops')}:${PORTS.haproxyStats}/metrics`);
}

function upServersOf(text: string, backend: string): readonly string[] {
  return readSamples(text, 'haproxy_server_status')
    .filter(({ labels, value }) => labels['proxy'] === backend && labels['state'] === 'UP' && value === 1)
    .map(({ labels }) => labels['server'] ?? '');
}

/** Whether every load balancer sends requests to every one of `servers`. */
export async function observeServersUp(
  world: StackContext,
  backend: string,
  servers: readonly string[],
): Promise<{ readonly seen: boolean; readonly text: string }> {
  const views = await Promise.all(
    hostsOf(world.topology, 'lb').map(async (lb) => {
      const up = await readUpServers(lb, backend);
      return { lb: lb.name, missing: servers.filter((server) => !up.includes(server)) };
    }),
  );
  const without = views.filter(({ missing }) => missing.length > 0);
  return {
    seen: without.length === 0,
    text:
      without.length === 0
        ? `${servers.join(', ')} in ${backend} of every load balancer`
        : without.map(({ lb, missing }) => `${lb} has no ${missing.join(', ')} in ${backend}`).join('; '),
  };
}
