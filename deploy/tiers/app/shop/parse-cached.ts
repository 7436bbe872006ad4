import type { z } from 'zod';

/** A cached value, or `undefined` when there is none or another release wrote it in another shape. */
export function parseCached<T>(schema: z.ZodType<T>, text: string | undefined): T | undefined {
  if (text === undefined) return undefined;
  try {
    const result = schema.safeParse(JSON.parse(text));
    return result.success ? result.data : undefined;
  } catch {
    return undefined;
  }
}
