import type { PoolSecond } from './pool.ts';

/** A scaling algorithm. The simulation calls it at the end of every second; it acts at its own interval. */
export interface Policy {
  readonly name: string;
  /** Returns the desired number of hosts. `atSecond` counts from 1. */
  readonly next: (second: PoolSecond, atSecond: number) => number;
}
