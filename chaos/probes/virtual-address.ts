import { hostsOf } from '../../deploy/model/topology.ts';
import type { FaultContext } from '../faults/fault.ts';

/** Which load balancers have an address on an interface right now. More than one, or none, is a finding and not an error. */
export async function findHolders(world: FaultContext, address: string): Promise<readonly string[]> {
  const looked = await Promise.all(
    hostsOf(world.topology, 'lb').map(async ({ name }) => {
      const state = await world.hosts.state(name);
      if (state?.running !== true || state.paused) return [];
      const { stdout } = await world.hosts.exec(name, ['ip', '-o', '-4', 'address', 'show']);
      return stdout.includes(` ${address}/`) ? [name] : [];
    }),
  );
  return looked.flat();
}
