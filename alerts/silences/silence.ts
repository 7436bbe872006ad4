import { z } from 'zod';

/** A silence in Alertmanager's API v2. */
export const silenceSchema = z.object({
  id: z.string(),
  status: z.object({ state: z.enum(['active', 'pending', 'expired']) }),
  matchers: z.array(
    z.object({
      name: z.string(),
      value: z.string(),
      isRegex: z.boolean(),
      // Missing in Alertmanager versions without negative matchers.
      isEqual: z.boolean().default(true),
    }),
  ),
  startsAt: z.iso.datetime({ offset: true }),
  endsAt: z.iso.datetime({ offset: true }),
  createdBy: z.string(),
  comment: z.string(),
});

export type Silence = Readonly<z.infer<typeof silenceSchema>>;

/** Prefix of `createdBy` for silences of holdfast. Silences of other tools are listed, but `--all` never removes them. */
export const MADE_BY = 'holdfast';

export function isOurs({ createdBy }: Silence): boolean {
  return createdBy === MADE_BY || createdBy.startsWith(`${MADE_BY} `);
}
