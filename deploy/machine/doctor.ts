import type { Problem } from '../../kit/problem.ts';
import { judgeMachine } from './check-machine.ts';
import { readMachine } from './read-machine.ts';
import type { Topology } from '../model/topology.ts';

/**
 * Looks for everything that the stack needs of this machine: engine and plugins, memory, disk, cores, loopback ports, addresses, limits.
 * Changes nothing and never throws for what it finds. An `error` keeps the stack from standing; a `warning` is dealt with by `up`.
 */
export async function checkMachine(topology: Topology): Promise<readonly Problem[]> {
  return judgeMachine(await readMachine(topology), topology);
}
