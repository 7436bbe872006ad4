import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import { HoldfastError } from '../../kit/errors.ts';

const schema = z.strictObject({
  listen: z.strictObject({ host: z.string(), port: z.int().min(0).max(65_535) }),
  instances: z.array(
    z.strictObject({ name: z.string(), address: z.ipv4(), routerId: z.int(), ownAddress: z.ipv4() }).readonly(),
  ),
  intervalMs: z.number().positive(),
  deadlineMs: z.number().positive(),
});

/** What to watch and where to tell, as `deploy/tiers/lb/lb-state.ts` renders it. */
export type Settings = Readonly<z.infer<typeof schema>>;
/** One VRRP instance: its virtual address and this host's own address on the same network. */
export type Instance = Settings['instances'][number];

/** Reads the settings of a load balancer. Throws `invalid-topology` when the file is missing or not what it should be. */
export async function parseSettings(path: string): Promise<Settings> {
  try {
    return schema.parse(JSON.parse(await readFile(path, 'utf8')));
  } catch (cause) {
    throw new HoldfastError('invalid-topology', `${path} is not a valid configuration of lb-state.`, { cause });
  }
}
