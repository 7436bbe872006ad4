import { HoldfastError } from './errors.ts';

const UNITS_MS = { s: 1_000, m: 60_000, h: 3_600_000 } as const;

/** Shortest and longest duration that an option accepts, in ms. */
export interface DurationLimits {
  readonly leastMs: number;
  readonly mostMs: number;
}

/** Parses the value of `--for`, such as `90s`, `10m` or `1h30m`, into ms. Throws `usage` for anything else, and for a duration out of range. */
export function parseDuration(text: string, { leastMs, mostMs }: DurationLimits): number {
  const parts = [...text.matchAll(/(\d+)([hms])/g)];
  const isComplete = parts.length > 0 && parts.map(([part]) => part).join('') === text;
  const ms = parts.reduce(
    (sum, [, count = '0', unit = 's']) => sum + Number(count) * UNITS_MS[unit as 's' | 'm' | 'h'],
    0,
  );
  if (isComplete && ms >= leastMs && ms <= mostMs) return ms;
  throw new HoldfastError(
    'usage',
    `--for ${text} is not a duration from ${leastMs / UNITS_MS.s}s to ${mostMs / UNITS_MS.h}h.`,
    { fix: 'Write it as 90s, 10m or 1h30m. Repeat the command if the work takes longer.' },
  );
}
