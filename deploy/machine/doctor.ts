import type { Problem } from '../../kit/problem.ts';
import { judgeMachine } from './check-machine.ts';
import { readMachine } from './read-machine.ts';
import type { Topology } from '../model/topology.ts';

/**
 * Checks the requirements of the stack on this machine: engine and plugins, memory, disk, cores, loopback ports, addresses, limits.
 * Changes nothing, and returns problems instead of throwing. An `error` prevents the stack from starting. `up` fixes a `warning`, or it may
 * distort measurements.
 */
export async function checkMachine(topology: Topology): Promise<readonly Problem[]> {
  return judgeMachine(await readMachine(topology), topology);
}
