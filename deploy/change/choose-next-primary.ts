/** A member of the database group that may become the primary. */
export interface Candidate {
  readonly node: string;
  /** UUID of the server. */
  readonly id: string;
  /** Transactions that it has received and not applied yet. */
  readonly queue: number;
  /** Milliseconds from the commit of the newest transaction that it applied, on the primary, to its end here. */
  readonly lagMs: number;
}

/** The candidate with the shortest queue; of several, the one with the least lag. `undefined` without candidates. */
export function chooseNextPrimary(candidates: readonly Candidate[]): Candidate | undefined {
  return candidates.toSorted(
    (one, other) => one.queue - other.queue || one.lagMs - other.lagMs || one.node.localeCompare(other.node),
  )[0];
}
