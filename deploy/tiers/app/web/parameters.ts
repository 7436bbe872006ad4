import { z } from 'zod';

const idSchema = z.object({ id: z.string().regex(/^[1-9]\d{0,14}$/) });

/** The `id` of a path, or 0, which nothing has: what cannot be an id leads to the same 404 as one that is not taken. */
export function idOf(parameters: unknown): number {
  const result = idSchema.safeParse(parameters);
  return result.success ? Number(result.data.id) : 0;
}
