/** Bits of `srv_admin_state` in HAProxy's reply to `show servers state` (management manual, section 9.3). */
const MAINTENANCE_BY_COMMAND = 0x01;
const DRAINED_BY_COMMAND = 0x08;
const IN_MAINTENANCE = MAINTENANCE_BY_COMMAND | 0x02 | 0x04 | 0x20 | 0x40;

/** Administrative state of one server of a backend in HAProxy. Its health and its agent do not count. */
export interface ServerState {
  readonly backend: string;
  readonly server: string;
  readonly isDrained: boolean;
  /** By a command, the configuration or name resolution. Standby slots are in maintenance, and stay there. */
  readonly isInMaintenance: boolean;
  readonly isInMaintenanceByCommand: boolean;
}

/** Reads the reply to `show servers state`; lines in other formats are ignored. */
export function parseServerStates(text: string): readonly ServerState[] {
  return text.split('\n').flatMap((line) => {
    const [, backend, , server, , , adminState] = line.split(' ');
    if (backend === undefined || server === undefined || adminState === undefined || !/^\d+$/.test(adminState))
      return [];
    const bits = Number(adminState);
    return [
      {
        ...{ backend, server },
        isDrained: (bits & DRAINED_BY_COMMAND) !== 0,
        isInMaintenance: (bits & IN_MAINTENANCE) !== 0,
        isInMaintenanceByCommand: (bits & MAINTENANCE_BY_COMMAND) !== 0,
      },
    ];
  });
}
