import { HoldfastError } from '../../kit/errors.ts';
import { asRecord } from './as-record.ts';

/** The name of the active configuration in what `varnishadm vcl.list -j` writes: a list with the question, then an object for each. */
export function parseActiveVcl(text: string): string {
  let list: unknown;
  try {
    list = JSON.parse(text);
  } catch (error) {
    throw new HoldfastError('unreadable-record', 'What varnishadm wrote is no JSON.', { cause: error });
  }
  for (const entry of Array.isArray(list) ? (list as readonly unknown[]) : []) {
    const vcl = asRecord(entry);
    if (vcl?.['status'] === 'active' && typeof vcl['name'] === 'string') return vcl['name'];
  }
  throw new HoldfastError('unreadable-record', 'Varnish has no active configuration.');
}
