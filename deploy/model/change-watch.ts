import type { Host } from './topology.ts';

/** What protects clients while hosts are changed. */
export interface RollWatch {
  /** Announces the alerts that the change of a host causes. They are silent until it is disposed. */
  announce(host: Host): Promise<AsyncDisposable>;
  /** What clients notice, or an alert that was not announced; an empty text if nothing. */
  findHarm(): Promise<string>;
}

/** The watch of a whole change, which also measures what it cost. */
export interface ChangeWatch extends RollWatch {
  /** Requests and failed ones since the watch was opened; `undefined` if no monitor can be asked. */
  readCost(): Promise<{ readonly requests: number; readonly failed: number } | undefined>;
}
