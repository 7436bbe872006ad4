/**
 * The quantile of sorted values by nearest rank: the smallest value with at least `q` of all values at or below it. Always a
 * measured value, never an interpolated one. Undefined for an empty list.
 */
export function quantileOfSorted(sorted: readonly number[], q: number): number | undefined {
  // 0.55 * 100 is 55.00000000000001 in floating point: the rounding error must not increase the rank.
  const rank = Math.ceil(q * sorted.length - 1e-9);
  return sorted[Math.min(Math.max(rank, 1), sorted.length) - 1];
}

/** {@link quantileOfSorted} of values in any order. */
export function quantile(values: readonly number[], q: number): number | undefined {
  return quantileOfSorted(
    values.toSorted((a, b) => a - b),
    q,
  );
}
