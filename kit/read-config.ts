import { readFileSync } from 'node:fs';
import type { z } from 'zod';
import { HoldfastError } from './errors.ts';

/** Reads the configuration of a program from a JSON file. Throws `invalid-topology` if it is unreadable or invalid. `program` is for the message, such as `the mailbox`. */
export function readConfig<T>(file: string, schema: z.ZodType<T>, program: string): T {
  try {
    return schema.parse(JSON.parse(readFileSync(file, 'utf8')));
  } catch (error) {
    throw new HoldfastError('invalid-topology', `${file} is not a valid configuration of ${program}.`, {
      cause: error,
    });
  }
}
