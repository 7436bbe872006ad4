import { z } from 'zod';

const idSchema = z.object({ id: z.string().regex(/^[1-9]\d{0,14}$/) });

/** The `id` of a path, or 0, which is never used. So an invalid ID gets the same 404 as an unknown one. */
export function idOf(parameters: unknown): number {
  const result = idSchema.safeParse(parameters);
  return result.success ? Number(result.data.id) : 0;
}
