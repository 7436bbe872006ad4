import type { Topology } from '../../deploy/model/topology.ts';
import { openHosts } from '../../kit/hosts.ts';
import { PATHS } from '../../kit/paths.ts';
import { healJournal, isAbandoned, type HealReport } from './heal.ts';
import { openJournal } from './journal.ts';

interface HealAllOptions {
  readonly topology: Topology;
  readonly onProgress?: (line: string) => void;
  /** Also revert the faults of a run that is still in progress. */
  readonly force?: boolean;
  /** For each fault. Default 20 s, because `up` waits for the hosts afterwards. */
  readonly deadlineMs?: number;
}

/** Reverts faults in parallel: the abandoned ones, or all with `force`. Used by `holdfast heal`, and by `up` before it starts anything. */
export function healAll({
  topology,
  onProgress,
  force = false,
  deadlineMs = 20_000,
}: HealAllOptions): Promise<HealReport> {
  return healJournal({ topology, hosts: openHosts() }, openJournal(PATHS.journal), {
    deadlineMs,
    ...(force ? {} : { select: isAbandoned }),
    onRecord: (record) => onProgress?.(`reverting: ${record.description}`),
  });
}
