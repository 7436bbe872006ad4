import type { ServerState } from '../../kit/haproxy-server-states.ts';

/**
 * Applies the drains of web and application hosts to HAProxy. HAProxy forgets an administrative state when it restarts or reloads, so the state is
 * compared with the wanted one repeatedly.
 */

/** Backends whose servers can be drained. Database routes have states of their own. */
export const DRAINABLE = ['web', 'app-pool'] as const;

/** The commands after which exactly the wanted hosts are drained. */
export function decideDrains(servers: readonly ServerState[], drained: ReadonlySet<string>): readonly string[] {
  return servers
    .filter(({ backend, isInMaintenance }) => DRAINABLE.some((name) => name === backend) && !isInMaintenance)
    .filter(({ server, isDrained }) => isDrained !== drained.has(server))
    .map(({ backend, server, isDrained }) => `set server ${backend}/${server} state ${isDrained ? 'ready' : 'drain'}`);
}
