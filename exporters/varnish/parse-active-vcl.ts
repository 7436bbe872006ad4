import { HoldfastError } from '../../kit/errors.ts';
import { asRecord } from './as-record.ts';

/** Name of the active configuration in the output of `varnishadm vcl.list -j`: a list with the command, then an object per configuration. */
export function parseActiveVcl(text: string): string {
  let list: unknown;
  try {
    list = JSON.parse(text);
  } catch (error) {
    throw new HoldfastError('unreadable-record', 'The output of varnishadm is not JSON.', { cause: error });
  }
  for (const entry of Array.isArray(list) ? (list as readonly unknown[]) : []) {
    const vcl = asRecord(entry);
    if (vcl?.['status'] === 'active' && typeof vcl['name'] === 'string') return vcl['name'];
  }
  throw new HoldfastError('unreadable-record', 'Varnish has no active configuration.');
}
