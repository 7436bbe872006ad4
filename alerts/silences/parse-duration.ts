import { parseDuration as parseWithin } from '../../kit/parse-duration.ts';

/** For longer work the silence must be repeated, so that a forgotten silence ends. */
export const MAX_SILENCE_MS = 4 * 3_600_000;
const MIN_SILENCE_MS = 10_000;

/** Parses the duration of a silence into ms, such as `90s`, `10m`, `1h30m`. Throws `usage` for anything else, and for a duration out of range. */
export function parseDuration(text: string): number {
  return parseWithin(text, { leastMs: MIN_SILENCE_MS, mostMs: MAX_SILENCE_MS });
}
