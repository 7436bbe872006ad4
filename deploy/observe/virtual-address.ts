import type { StackContext } from './observation.ts';
import { hostsOf } from '../model/topology.ts';

/** The load balancers that have an address on an interface now. Several or none are a result, not an error. Throws if one of them cannot be read. */
export async function findHolders(world: StackContext, address: string): Promise<readonly string[]> {
  const found = await Promise.all(
    hostsOf(world.topology, 'lb').map(async ({ name }) => {
      const state = await world.hosts.state(name);
      if (state?.running !== true || state.paused) return [];
      const { code, stdout } = await world.hosts.exec(name, ['ip', '-o', '-4', 'address', 'show']);
      if (code !== 0) throw new Error(`the addresses of ${name} could not be read (exit code ${code})`);
      return stdout.includes(` ${address}/`) ? [name] : [];
    }),
  );
  return found.flat();
}
