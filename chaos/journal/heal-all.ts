import type { Topology } from '../../deploy/model/topology.ts';
import { openHosts } from '../../kit/hosts.ts';
import { PATHS } from '../../kit/paths.ts';
import { healJournal, isLeftBehind, type HealReport } from './heal.ts';
import { openJournal } from './journal.ts';

interface HealAllOptions {
  readonly topology: Topology;
  readonly onProgress?: (line: string) => void;
  /** Undo also what a living run has in place. */
  readonly force?: boolean;
  /** For each fault. Default 20 s: `up` waits for the hosts by itself. */
  readonly deadlineMs?: number;
}

/** Undoes faults at once. What `holdfast heal` does, and `up` before it starts anything. */
export function healAll({
  topology,
  onProgress,
  force = false,
  deadlineMs = 20_000,
}: HealAllOptions): Promise<HealReport> {
  return healJournal({ topology, hosts: openHosts() }, openJournal(PATHS.journal), {
    deadlineMs,
    ...(force ? {} : { select: isLeftBehind }),
    onRecord: (record) => onProgress?.(`reverting: ${record.description}`),
  });
}
