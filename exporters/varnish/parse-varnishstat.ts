import { z } from 'zod';
import { HoldfastError } from '../../kit/errors.ts';

/** Counters by name: `MAIN.cache_hit`, `VBE.boot.origin.req`. */
export type Counters = ReadonlyMap<string, number>;

const schema = z.object({ counters: z.record(z.string(), z.object({ value: z.number() })) });

/** Reads what `varnishstat -j` writes. Throws when it is nothing of the kind, or when the process that serves has no counters. */
export function parseVarnishstat(text: string): Counters {
  const result = schema.safeParse(parseJson(text));
  if (!result.success)
    throw new HoldfastError('unreadable-record', 'varnishstat wrote no counters.', { cause: result.error });
  const counters = new Map(Object.entries(result.data.counters).map(([name, { value }]) => [name, value]));
  if (!counters.has('MAIN.uptime')) throw new HoldfastError('unreadable-record', 'Varnish has no process that serves.');
  return counters;
}

/** The outcomes of a backend's health checks are 64 bits, more than a number of JavaScript holds: the newest 32 of them are kept. */
const HEALTH_CHECKS = /("VBE\.[^"]*\.happy": \{[^}]*"value": )(\d+)/g;

function parseJson(text: string): unknown {
  try {
    return JSON.parse(
      text.replace(
        HEALTH_CHECKS,
        (_match, before: string, bits: string) => `${before}${BigInt.asUintN(32, BigInt(bits))}`,
      ),
    );
  } catch (error) {
    throw new HoldfastError('unreadable-record', 'What varnishstat wrote is no JSON.', { cause: error });
  }
}
