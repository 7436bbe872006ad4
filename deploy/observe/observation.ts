import type { Hosts } from '../../kit/hosts.ts';
import type { Topology } from '../model/topology.ts';

/** The running stack: its topology, and access to its hosts. */
export interface StackContext {
  readonly topology: Topology;
  readonly hosts: Hosts;
}

/** Result of one check by a probe. */
export interface Observation {
  /** Whether the probed condition is true. */
  readonly seen: boolean;
  /** The measurement with units, for the evidence. */
  readonly text: string;
}

/** A condition that must be true for the system to count as fully redundant. */
export interface Redundancy {
  readonly what: string;
  observe(stack: StackContext): Promise<Observation>;
}
