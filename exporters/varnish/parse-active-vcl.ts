import { z } from 'zod';
import { HoldfastError } from '../../kit/errors.ts';

const vclSchema = z.object({ status: z.string(), name: z.string() });

/** The name of the active configuration in what `varnishadm vcl.list -j` writes: a list with the question, then an object for each. */
export function parseActiveVcl(text: string): string {
  let list: unknown;
  try {
    list = JSON.parse(text);
  } catch (error) {
    throw new HoldfastError('unreadable-record', 'What varnishadm wrote is no JSON.', { cause: error });
  }
  for (const entry of Array.isArray(list) ? list : []) {
    const vcl = vclSchema.safeParse(entry);
    if (vcl.success && vcl.data.status === 'active') return vcl.data.name;
  }
  throw new HoldfastError('unreadable-record', 'Varnish has no active configuration.');
}
