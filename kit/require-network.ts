import { networkInterfaces } from 'node:os';
import { HoldfastError } from './errors.ts';
import { contains } from './subnet.ts';

/**
 * Call it before anything is asked of a host from this machine. `subnet`: CIDR of the network that it is asked on. Throws `stack-down` when this
 * machine has no address there: what is sent to a host then would leave by whatever route there is, to whoever has that address.
 */
export function requireNetwork(
  { subnet }: { readonly subnet: string },
  addresses: readonly string[] = ownAddresses(),
): void {
  if (addresses.some((address) => contains(subnet, address))) return;
  throw new HoldfastError('stack-down', 'The stack is not running: its networks do not exist on this machine.', {
    fix: 'Start the stack with `./holdfast up`.',
  });
}

function ownAddresses(): readonly string[] {
  return Object.values(networkInterfaces()).flatMap((found = []) => found.map(({ address }) => address));
}
