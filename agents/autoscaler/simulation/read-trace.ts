import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { z } from 'zod';
import { HoldfastError, messageOf } from '../../../kit/errors.ts';
import type { Trace } from './shapes.ts';

/** A week. A longer trace takes minutes. */
const MOST_SECONDS = 7 * 86_400;

const jsonSchema = z.union([
  z.array(z.number()),
  z.array(z.tuple([z.number(), z.number()])),
  z.array(z.strictObject({ seconds: z.number(), rate: z.number() })),
]);

/** A time in seconds, and the arrivals per second from then on. */
type Point = readonly [seconds: number, rate: number];

/**
 * Reads a recorded trace: CSV lines `seconds,rate`, with or without a header, or JSON: rates of consecutive seconds, pairs, or objects with `seconds`
 * and `rate`. A rate is valid until the next point. Throws `usage` with the file and the wrong place.
 */
export function readTrace(file: string): Trace {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (cause) {
    throw new HoldfastError('usage', `The trace ${file} cannot be read: ${messageOf(cause)}.`, {
      cause,
      fix: 'Give a readable file, or the name of a shape.',
    });
  }
  return { name: basename(file), rates: toRates(parseTrace(text, file), file), retryShare: 0 };
}

/** Parses the text of a trace; `file` is for messages. */
export function parseTrace(text: string, file: string): readonly Point[] {
  return text.trimStart().startsWith('[') ? parseJson(text, file) : parseCsv(text, file);
}

function parseJson(text: string, file: string): readonly Point[] {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (cause) {
    throw wrong(file, `is not valid JSON: ${messageOf(cause)}`, cause);
  }
  const parsed = jsonSchema.safeParse(json);
  if (!parsed.success) throw wrong(file, 'does not contain a list of rates, of pairs or of points');
  return parsed.data.map((item, index): Point => {
    if (typeof item === 'number') return [index, item];
    return 'rate' in item ? [item.seconds, item.rate] : item;
  });
}

function parseCsv(text: string, file: string): readonly Point[] {
  const lines = text.split(/\r?\n/).map((line, index) => ({ line: line.trim(), number: index + 1 }));
  const filled = lines.filter(({ line }) => line !== '');
  const [first] = filled;
  const hasHeader = first !== undefined && /^[a-z]/i.test(first.line);
  return filled.slice(hasHeader ? 1 : 0).map(({ line, number }): Point => {
    const cells = line.split(',');
    const [seconds = NaN, rate = NaN] = cells.map((cell) => (cell.trim() === '' ? NaN : Number(cell)));
    if (cells.length !== 2 || !Number.isFinite(seconds) || !Number.isFinite(rate)) {
      throw wrong(file, `has "${line.slice(0, 40)}" in line ${number}, which is not \`seconds,rate\``);
    }
    return [seconds, rate];
  });
}

/** One rate per second, from the first point on. */
function toRates(points: readonly Point[], file: string): readonly number[] {
  const [first] = points;
  const last = points.at(-1);
  if (first === undefined || last === undefined) throw wrong(file, 'is empty');
  points.forEach(([seconds, rate], index) => {
    const place = `point ${index + 1}`;
    if (!Number.isFinite(rate) || rate < 0) throw wrong(file, `has the rate ${rate} at ${place}`);
    const before = points[index - 1];
    if (before !== undefined && seconds <= before[0]) {
      throw wrong(file, `has ${seconds} s after ${before[0]} s at ${place}`);
    }
  });
  // The last rate is valid as long as the one before it.
  const lastSeconds = last[0] - (points.at(-2)?.[0] ?? last[0] - 1);
  const length = Math.round(last[0] - first[0] + lastSeconds);
  if (length > MOST_SECONDS) throw wrong(file, `covers ${length} s, more than ${MOST_SECONDS} s`);
  let index = 0;
  return Array.from({ length: Math.max(1, length) }, (_, second) => {
    while ((points[index + 1]?.[0] ?? Infinity) <= first[0] + second) index += 1;
    return points[index]?.[1] ?? 0;
  });
}

function wrong(file: string, what: string, cause?: unknown): HoldfastError {
  return new HoldfastError('usage', `The trace ${file} ${what}.`, {
    cause,
    fix: 'Write lines such as `0,120` and `60,150`: ascending seconds, and arrivals per second of at least 0, for at most a week.',
  });
}
