import { hostsOf, type Host, type Tier } from '../../deploy/model/topology.ts';
import type { Observation } from '../../deploy/observe/observation.ts';
import type { ChangeControl, ChangeRun } from '../guarantees/guarantee.ts';
import { allAtOnce } from './all-at-once.ts';
import { observeRestarted } from './observe-restarts.ts';

/** Runs a change, and observes by the engine whether all containers of the hosts have started since. */
export async function proveRestarted(
  { context }: ChangeRun,
  hosts: readonly Host[],
  change: () => Promise<void>,
): Promise<Observation> {
  const before = await context.hosts.list();
  await change();
  return observeRestarted(before, await context.hosts.list(), hosts);
}

/** All hosts of a tier crash and start again, at the same time. */
export function tierAtOnce(tier: Tier): ChangeControl {
  return {
    name: `all hosts of ${tier} at once, without drain`,
    perform: (run) => {
      const hosts = hostsOf(run.context.topology, tier);
      return proveRestarted(run, hosts, () => allAtOnce(run.context, hosts));
    },
  };
}
