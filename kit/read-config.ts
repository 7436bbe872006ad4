import { readFileSync } from 'node:fs';
import type { z } from 'zod';
import { HoldfastError } from './errors.ts';

/** Reads the configuration of a program, a JSON file. Throws `invalid-topology` when it cannot be read or is not one of `whose`, such as `the mailbox`. */
export function readConfig<T>(file: string, schema: z.ZodType<T>, whose: string): T {
  try {
    return schema.parse(JSON.parse(readFileSync(file, 'utf8')));
  } catch (error) {
    throw new HoldfastError('invalid-topology', `${file} is not a valid configuration of ${whose}.`, { cause: error });
  }
}
