import { HoldfastError } from '../../kit/errors.ts';
import { asRecord } from './as-record.ts';

/** Counters by name: `MAIN.cache_hit`, `VBE.boot.origin.req`. */
export type Counters = ReadonlyMap<string, number>;

/** Parses the output of `varnishstat -j`. Throws if it is malformed, or has no counters of the worker process. */
export function parseVarnishstat(text: string): Counters {
  const found = asRecord(asRecord(parseJson(text))?.['counters']);
  if (found === undefined) throw new HoldfastError('unreadable-record', 'varnishstat wrote no counters.');
  const counters = new Map<string, number>();
  for (const [name, counter] of Object.entries(found)) {
    const value = asRecord(counter)?.['value'];
    if (typeof value !== 'number') throw new HoldfastError('unreadable-record', `${name} of varnishstat has no value.`);
    counters.set(name, value);
  }
  if (!counters.has('MAIN.uptime')) throw new HoldfastError('unreadable-record', 'Varnish has no worker process.');
  return counters;
}

/** The results of a backend's health checks are 64 bits, more than a JavaScript number holds, so only the newest 32 are parsed. */
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
    throw new HoldfastError('unreadable-record', 'The output of varnishstat is not JSON.', { cause: error });
  }
}
