/** A step of a change on one host. */
export interface ChangeStep {
  /** Milliseconds since the epoch. */
  readonly at: number;
  readonly host: string;
  /**
   * `drain` … `drained`: no new requests, then none in flight. `hand-over`: its role moves to another host. `stop`, `start`: its container.
   * `reload`: its services read new files. `ready`: it is healthy. `return`: it gets requests again. `redundant`: its tier has full redundancy.
   */
  readonly step: 'drain' | 'drained' | 'hand-over' | 'reload' | 'stop' | 'start' | 'ready' | 'return' | 'redundant';
}
