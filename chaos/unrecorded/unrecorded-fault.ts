/** Something of a host that is not as the model says, and of which the fault journal knows nothing: left by hand, or by another checkout. */
export interface UnrecordedFault {
  readonly host: string;
  /** What it is, with its numbers, such as `toxic left (latency, latency=40) on the proxy db-read`. */
  readonly text: string;
  /** How a person ends it, where {@link remove} is missing. */
  readonly fix: string;
  /** Ends it; missing where nobody can know that it is not meant, or how it was before. */
  readonly remove?: () => Promise<void>;
}

/** Ends everything that can be ended. */
export const REMOVE_ALL = 'Remove it with `./holdfast heal --all`.';

/** One line each, as `status` and errors show them. */
export function renderUnrecorded(faults: readonly UnrecordedFault[]): readonly string[] {
  return faults.map(({ host, text, fix }) => `${host}: ${text}. ${fix}`);
}
