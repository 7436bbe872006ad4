import { z } from 'zod';
import { readConfig } from '../../kit/read-config.ts';

const schema = z.strictObject({
  listen: z.strictObject({ host: z.string(), port: z.int().min(0).max(65_535) }),
  instances: z.array(
    z.strictObject({ name: z.string(), address: z.ipv4(), routerId: z.int(), ownAddress: z.ipv4() }).readonly(),
  ),
  intervalMs: z.number().positive(),
  deadlineMs: z.number().positive(),
});

/** The VRRP instances, the timings and the metrics address, as rendered by `deploy/tiers/lb/lb-state.ts`. */
export type Settings = Readonly<z.infer<typeof schema>>;
/** One VRRP instance: its virtual address and this host's own address on the same network. */
export type Instance = Settings['instances'][number];

/** Reads the settings of a load balancer. Throws `invalid-topology` if the file is missing or does not match the schema. */
export function parseSettings(path: string): Settings {
  return readConfig(path, schema, 'lb-state');
}
