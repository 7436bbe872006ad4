import { HoldfastError } from '../../kit/errors.ts';

const UNITS_MS = { s: 1_000, m: 60_000, h: 3_600_000 } as const;

/** For longer work the silence must be repeated, so that a forgotten silence ends. */
export const MAX_SILENCE_MS = 4 * UNITS_MS.h;
const MIN_SILENCE_MS = 10_000;

/** Parses `90s`, `10m`, `1h30m` into milliseconds. Throws `usage` for anything else, and for a duration out of range. */
export function parseDuration(text: string): number {
  const parts = [...text.matchAll(/(\d+)([hms])/g)];
  const isComplete = parts.length > 0 && parts.map(([part]) => part).join('') === text;
  const ms = parts.reduce(
    (sum, [, count = '0', unit = 's']) => sum + Number(count) * UNITS_MS[unit as 's' | 'm' | 'h'],
    0,
  );
  if (isComplete && ms >= MIN_SILENCE_MS && ms <= MAX_SILENCE_MS) return ms;
  throw new HoldfastError('usage', `--for ${text} is not a duration from 10s to ${MAX_SILENCE_MS / UNITS_MS.h}h.`, {
    fix: 'Write it as 90s, 10m or 1h30m. Repeat the command if the work takes longer.',
  });
}
