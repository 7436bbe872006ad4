import { z } from 'zod';

/** Of Alertmanager's API v2. */
export const silenceSchema = z.object({
  id: z.string(),
  status: z.object({ state: z.enum(['active', 'pending', 'expired']) }),
  matchers: z.array(
    z.object({
      name: z.string(),
      value: z.string(),
      isRegex: z.boolean(),
      // Not said by an Alertmanager that knows no negative matchers.
      isEqual: z.boolean().default(true),
    }),
  ),
  startsAt: z.iso.datetime({ offset: true }),
  endsAt: z.iso.datetime({ offset: true }),
  createdBy: z.string(),
  comment: z.string(),
});

export type Silence = Readonly<z.infer<typeof silenceSchema>>;

/** Begins the `createdBy` of what was made by these commands and functions; others' silences are shown and never removed by `--all`. */
export const MADE_BY = 'holdfast';

export function isOurs({ createdBy }: Silence): boolean {
  return createdBy === MADE_BY || createdBy.startsWith(`${MADE_BY} `);
}
