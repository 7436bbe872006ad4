/** A deviation of a host from the topology that has no entry in the fault journal: caused by hand, or by another checkout. */
export interface UnrecordedFault {
  readonly host: string;
  /** Description with numbers, such as `toxic left (latency downstream, latency=40) on the proxy db-read`. */
  readonly text: string;
  /** How to end it; by hand if {@link remove} is missing. */
  readonly fix: string;
  /** Ends it. Missing if the deviation may be intended, or if the state before it is unknown. */
  readonly remove?: () => Promise<void>;
}

/** The fix of every fault that has {@link UnrecordedFault.remove}. */
export const REMOVE_ALL = 'Remove it with `./holdfast heal --all`.';

/** One line each, as `status` and errors show them. */
export function renderUnrecorded(faults: readonly UnrecordedFault[]): readonly string[] {
  return faults.map(({ host, text, fix }) => `${host}: ${text}. ${fix}`);
}
