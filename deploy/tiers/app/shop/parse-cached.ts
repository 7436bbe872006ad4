import type { z } from 'zod';

/** A value in JSON that a release stored in the cache or signed; `undefined` if there is none, or if another release used another format. */
export function parseCached<T>(schema: z.ZodType<T>, text: string | undefined): T | undefined {
  if (text === undefined) return undefined;
  try {
    const result = schema.safeParse(JSON.parse(text));
    return result.success ? result.data : undefined;
  } catch {
    return undefined;
  }
}
