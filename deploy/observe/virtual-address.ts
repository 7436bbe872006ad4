import type { StackContext } from './observation.ts';
import { hostsOf } from '../model/topology.ts';

/** The load balancers that have an address on an interface now. Several or none are a result, not an error. */
export async function findHolders(world: StackContext, address: string): Promise<readonly string[]> {
  const found = await Promise.all(
    hostsOf(world.topology, 'lb').map(async ({ name }) => {
      const state = await world.hosts.state(name);
      if (state?.running !== true || state.paused) return [];
      const { stdout } = await world.hosts.exec(name, ['ip', '-o', '-4', 'address', 'show']);
      return stdout.includes(` ${address}/`) ? [name] : [];
    }),
  );
  return found.flat();
}
