/** The median; of an even number, the lower of the middle two. Undefined without values. */
export function lowerMedian(values: readonly number[]): number | undefined {
  return values.toSorted((a, b) => a - b)[Math.floor((values.length - 1) / 2)];
}

/** Undefined without values. */
export function mean(values: readonly number[]): number | undefined {
  if (values.length === 0) return undefined;
  let sum = 0;
  for (const value of values) sum += value;
  return sum / values.length;
}

/** The items taken in `(fromMs, toMs]`, from a list in chronological order. */
export function within<T extends { readonly atMs: number }>(
  items: readonly T[],
  fromMs: number,
  toMs: number,
): readonly T[] {
  let end = items.length;
  while (end > 0 && (items[end - 1]?.atMs ?? -Infinity) > toMs) end -= 1;
  let start = end;
  while (start > 0 && (items[start - 1]?.atMs ?? -Infinity) > fromMs) start -= 1;
  return items.slice(start, end);
}
