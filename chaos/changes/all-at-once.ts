import type { Host } from '../../deploy/model/topology.ts';
import type { StackContext } from '../../deploy/observe/observation.ts';
import { PATHS } from '../../kit/paths.ts';
import { hostCrash } from '../faults/host-crash.ts';
import { openJournal } from '../journal/journal.ts';
import { openFault } from '../journal/open-fault.ts';

/** After this time, any process may start the hosts again. Covers the crashes and the start of the slowest host. */
const LEASE_MS = 180_000;
const HEALTHY_DEADLINE_MS = 120_000;

/**
 * Crashes hosts at the same moment, starts them again, and waits until they are healthy: what a change costs without any protection. The crashes are in
 * the fault journal.
 */
export async function allAtOnce(world: StackContext, hosts: readonly Host[]): Promise<void> {
  const options = {
    world,
    journal: openJournal(PATHS.journal),
    leaseMs: LEASE_MS,
    clearDeadlineMs: HEALTHY_DEADLINE_MS,
  };
  const crashes = await Promise.allSettled(hosts.map(({ name }) => openFault(hostCrash(name), options)));
  const undone = await Promise.allSettled(
    crashes.map(async (crash) => {
      // A crash that failed is reverted already.
      if (crash.status === 'fulfilled') await crash.value.undo();
    }),
  );
  for (const result of [...crashes, ...undone]) if (result.status === 'rejected') throw result.reason;
}
