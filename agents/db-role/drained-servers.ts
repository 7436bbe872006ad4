/**
 * Applies the drains of web and application hosts to HAProxy. HAProxy forgets an administrative state when it restarts or reloads, so the state is
 * compared with the wanted one repeatedly.
 */

/** Backends whose servers can be drained. Database routes have states of their own. */
export const DRAINABLE = ['web', 'app-pool'] as const;

/** Bits of `srv_admin_state` in HAProxy's `show servers state` (management manual, section 9.3). */
const DRAINED_BY_COMMAND = 0x08;
const IN_MAINTENANCE = 0x01 | 0x02 | 0x04 | 0x20 | 0x40;

/** One server of a backend in HAProxy. */
export interface ServerState {
  readonly backend: string;
  readonly server: string;
  readonly isDrained: boolean;
  /** Standby slots are in maintenance, and stay there. */
  readonly isInMaintenance: boolean;
}

/** Reads the reply to `show servers state`; lines in other formats are ignored. */
export function parseServers(text: string): readonly ServerState[] {
  return text.split('\n').flatMap((line) => {
    const [, backend, , server, , , adminState] = line.split(' ');
    if (backend === undefined || server === undefined || adminState === undefined || !/^\d+$/.test(adminState))
      return [];
    const bits = Number(adminState);
    return [
      { backend, server, isDrained: (bits & DRAINED_BY_COMMAND) !== 0, isInMaintenance: (bits & IN_MAINTENANCE) !== 0 },
    ];
  });
}

/** The commands after which exactly the wanted hosts are drained. */
export function decideDrains(servers: readonly ServerState[], drained: ReadonlySet<string>): readonly string[] {
  return servers
    .filter(({ backend, isInMaintenance }) => DRAINABLE.some((name) => name === backend) && !isInMaintenance)
    .filter(({ server, isDrained }) => isDrained !== drained.has(server))
    .map(({ backend, server, isDrained }) => `set server ${backend}/${server} state ${isDrained ? 'ready' : 'drain'}`);
}
