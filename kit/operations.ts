import { readFile } from 'node:fs/promises';
import { z } from 'zod';

export const drainSchema = z.object({
  host: z.string(),
  /** User of the machine who drained it, or the change that did. */
  by: z.string(),
  reason: z.string(),
  /** ISO 8601. */
  since: z.string(),
  /** The planned end of an operator's drain, ISO 8601. Nothing ends it then: an alert reports that it was forgotten. */
  until: z.string().optional(),
  /** `change`: a change in progress drained it, and returns it. `operator`: it stays drained until `undrain`. */
  kind: z.enum(['operator', 'change']),
});

/** A drained host: it gets no new requests. */
export type Drain = Readonly<z.infer<typeof drainSchema>>;

/**
 * What operators do with the stack now, as its own hosts see it: load balancers apply the drains, monitors expose all of it as metrics. Each of them
 * has a copy of the file, which changes without a reload. Programs of the version before read it during a roll, so unknown fields are ignored.
 */
export const operationsSchema = z.object({
  drains: z.array(drainSchema).readonly(),
  /** The change in progress: its command, and the hosts that it changes. */
  change: z.object({ what: z.string(), hosts: z.array(z.string()).readonly(), since: z.string() }).optional(),
  /** The last rollout of a release, and the number of ended ones by result; missing before the first one. Times are ISO 8601. */
  rollout: z
    .object({
      version: z.string(),
      startedAt: z.string(),
      /** Missing while it is in progress. An interrupted one ends when another command follows it. */
      endedAt: z.string().optional(),
      ended: z.object({ done: z.int(), returned: z.int(), failed: z.int(), interrupted: z.int() }),
    })
    .optional(),
});

export type Operations = Readonly<z.infer<typeof operationsSchema>>;

/** The name of the file in a host's configuration folder. */
export const OPERATIONS = 'operations.json';

/** Reads the file of a host. A missing file means that nothing is drained. Throws if it is not valid. */
export async function readOperations(path: string): Promise<Operations> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return { drains: [] };
    throw error;
  }
  return operationsSchema.parse(JSON.parse(text));
}
