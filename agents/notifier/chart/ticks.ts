import { scaleOf } from './format-value.ts';

/** Values of the grid lines: three to six round numbers in their unit that enclose all `values`. They include 0 unless it is far away. */
export function valueTicks(values: readonly number[], unit: string): readonly number[] {
  const { size } = scaleOf(Math.max(0, ...values.map(Math.abs)), unit);
  return roundTicks(values.map((value) => value / size)).map((tick) => Number((tick * size).toPrecision(12)));
}

function roundTicks(values: readonly number[]): readonly number[] {
  let [low, high] = [Math.min(...values), Math.max(...values)];
  if (values.length === 0) [low, high] = [0, 1];
  // Start at 0 if it is near, so that small changes do not appear large.
  if (low > 0 && low < 0.8 * high) low = 0;
  if (high < 0 && high > 0.8 * low) high = 0;
  if (low === high) [low, high] = low === 0 ? [0, 1] : [Math.min(0, low), Math.max(0, high)];
  const step = roundUp((high - low) / 4);
  const first = Math.floor(low / step);
  const last = Math.ceil(high / step - 1e-9);
  return Array.from({ length: last - first + 1 }, (_, index) => (first + index) * step);
}

/** 1, 2 or 5 times a power of ten. */
function roundUp(step: number): number {
  const power = 10 ** Math.floor(Math.log10(step));
  return [1, 2, 5, 10].map((factor) => factor * power).find((size) => size >= step - power * 1e-9) ?? 10 * power;
}

const TIME_STEPS_S = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1_800, 3_600, 7_200, 10_800, 21_600, 43_200, 86_400];

/** At most eight round times (UTC) in a time range, with seconds if the step is shorter than a minute. */
export function timeTicks(
  startMs: number,
  endMs: number,
): readonly { readonly atMs: number; readonly label: string }[] {
  const stepMs =
    1000 * (TIME_STEPS_S.find((step) => (endMs - startMs) / (1000 * step) <= 7) ?? Math.ceil((endMs - startMs) / 7000));
  const first = Math.ceil(startMs / stepMs) * stepMs;
  const count = Math.max(0, Math.floor((endMs - first) / stepMs) + 1);
  return Array.from({ length: count }, (_, index) => {
    const atMs = first + index * stepMs;
    return { atMs, label: new Date(atMs).toISOString().slice(11, stepMs < 60_000 ? 19 : 16) };
  });
}
