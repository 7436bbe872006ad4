/**
 * The quantile of sorted values by nearest rank: the smallest value with at least `q` of all values at or below it. Always a
 * value that was measured, never one in between. Undefined for an empty list.
 */
export function quantileOfSorted(sorted: readonly number[], q: number): number | undefined {
  // 0.99 * 100 is 99.00000000000001 in binary: the rank must not be lifted by the last bit.
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
