import type { Topology } from '../deploy/topology.ts';
import { openHosts } from '../kit/hosts.ts';
import { PATHS } from '../kit/paths.ts';
import { healJournal, type HealReport } from './journal/heal.ts';
import { openJournal } from './journal/journal.ts';

interface HealAllOptions {
  readonly topology: Topology;
  readonly onProgress?: (line: string) => void;
}

/** Undoes every fault that any run left behind, at once. What `holdfast heal` does, and `up` before it starts anything. */
export function healAll({ topology, onProgress }: HealAllOptions): Promise<HealReport> {
  return healJournal({ topology, hosts: openHosts() }, openJournal(PATHS.journal), {
    onRecord: (record) => onProgress?.(`undoing: ${record.description}`),
  });
}
