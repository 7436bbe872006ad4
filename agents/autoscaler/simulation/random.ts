/** Draws counts of independent events. */
export interface Random {
  /** A number of events whose mean is `mean`, as in a Poisson process. */
  readonly events: (mean: number) => number;
}

/** The same seed draws the same numbers (xorshift32). */
export function openRandom(seed: number): Random {
  let state = (seed | 0) === 0 ? 1 : seed | 0;
  const uniform = (): number => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return ((state >>> 0) + 0.5) / 4_294_967_296;
  };
  // The normal distribution is close enough from ten events on, and means below that do not occur in a pool under load.
  const normal = (): number => Math.sqrt(-2 * Math.log(uniform())) * Math.cos(2 * Math.PI * uniform());
  return { events: (mean) => Math.max(0, Math.round(mean + Math.sqrt(mean) * normal())) };
}
