import { waitFor } from '../../kit/deadline.ts';
import { messageOf } from '../../kit/errors.ts';
import type { RouteName } from '../model/topology.ts';
import { findRunningBalancers, readUpServers } from '../observe/haproxy-servers.ts';
import type { StackContext } from '../observe/observation.ts';

/** Suffix of the servers that the cache route uses only if there is no other, see deploy/tiers/lb/tcp-routes.ts. */
const RESERVE = '-alone';

/** A route with one server, the primary. */
type PrimaryRoute = Extract<RouteName, 'db-write' | 'cache'>;

interface RoutesOptions {
  readonly route: PrimaryRoute;
  /** The host that the route must lead to. */
  readonly host: string;
  readonly signal: AbortSignal;
}

const DEADLINE_MS = 15_000;
/** Short, because the caller measures the time. */
const POLL_INTERVAL_MS = 100;

/**
 * Waits until the route of every load balancer that runs leads to one host only. Returns the load balancers whose route does not, after the deadline, or an
 * empty text. Throws the reason of `signal` when that aborts.
 */
export async function waitForRoutes(context: StackContext, { route, host, signal }: RoutesOptions): Promise<string> {
  let unmet = '';
  const isMet = async (): Promise<boolean> => {
    unmet = await findOtherRoutes(context, route, host).catch(messageOf);
    return unmet === '';
  };
  await waitFor(isMet, { what: 'the routes', deadlineMs: DEADLINE_MS, intervalMs: POLL_INTERVAL_MS, signal }).catch(
    (error: unknown) => {
      signal.throwIfAborted();
      unmet ||= messageOf(error);
    },
  );
  return unmet;
}

/** The load balancers whose route does not lead to `host` alone. One that does not run is left out: it learns its routes when it starts. */
async function findOtherRoutes(context: StackContext, route: PrimaryRoute, host: string): Promise<string> {
  const running = await findRunningBalancers(context);
  const found = await Promise.all(
    running.map(async (lb) => {
      const servers = (await readUpServers(lb, route)).filter((name) => !name.endsWith(RESERVE));
      return servers.length === 1 && servers[0] === host
        ? []
        : [`${lb.name} routes to ${servers.join(', ') || 'no host'}`];
    }),
  );
  return found.flat().join(', ');
}
