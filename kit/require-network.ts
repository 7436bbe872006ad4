import { networkInterfaces } from 'node:os';
import { HoldfastError } from './errors.ts';
import { contains } from './subnet.ts';

/**
 * Call it before this machine sends requests to a host. `subnet`: CIDR of the network of that host. Throws `stack-down` if this machine
 * has no address in it: the requests would follow another route and could reach a foreign machine with the same address.
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

/** The addresses of this machine, of all interfaces. */
export function ownAddresses(): readonly string[] {
  return Object.values(networkInterfaces()).flatMap((found = []) => found.map(({ address }) => address));
}
