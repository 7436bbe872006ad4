/** Share of cases in which a bound holds. */
export const CONFIDENCE = 0.95;

/** Halvings of the interval 0 … 1, after which the rest is below the precision of a double. */
const HALVINGS = 60;

/**
 * The exact upper bound (one-sided, Clopper-Pearson) of a failure probability after `failed` of `total` independent trials failed: the largest
 * probability with which so few failures still occur in 5 % of cases. 0 failures of n: 1 − 0.05^(1/n). Without a trial: 1. Throws `RangeError` for counts
 * that are no whole numbers, or for more failures than trials.
 */
export function upperBound(failed: number, total: number, confidence = CONFIDENCE): number {
  if (!Number.isInteger(failed) || !Number.isInteger(total) || failed < 0 || failed > total)
    throw new RangeError(`${failed} of ${total} is not a count of failures`);
  if (failed === total) return 1;
  const tail = 1 - confidence;
  if (failed === 0) return -Math.expm1(Math.log(tail) / total);
  let low = failed / total;
  let high = 1;
  for (let halving = 0; halving < HALVINGS; halving += 1) {
    const middle = (low + high) / 2;
    if (atMost(failed, total, middle) > tail) low = middle;
    else high = middle;
  }
  return high;
}

/** Probability of at most `failed` failures in `total` trials, for a probability between `failed / total` and 1. */
function atMost(failed: number, total: number, probability: number): number {
  let logTerm = failed * Math.log(probability) + (total - failed) * Math.log1p(-probability);
  for (let index = 1; index <= failed; index += 1) logTerm += Math.log((total - failed + index) / index);
  // From the largest term downwards, each relative to it, because the terms themselves may be below the smallest double.
  let relative = 1;
  let sum = 1;
  for (let index = failed; index > 0; index -= 1) {
    relative *= (index * (1 - probability)) / ((total - index + 1) * probability);
    sum += relative;
  }
  return Math.exp(logTerm + Math.log(sum));
}
