import { z } from 'zod';
import { HoldfastError } from '../../kit/errors.ts';
import { DRILL, type Profile } from './profile.ts';
import { TIER_NAMES, type Topology } from './topology.ts';

const tier = z.enum(TIER_NAMES);
const network = z.enum(['front', 'app', 'data', 'ops', 'publish']);
const route = z.enum(['http', 'https', 'app-pool', 'db-write', 'db-read', 'cache']);
const virtual = z.enum(['front', 'app']);
const port = z.int().min(1).max(65_535);

const schema: z.ZodType<Topology> = z.strictObject({
  profile: z.custom<Profile>((value) => hasShapeOf(value, DRILL), 'is not a profile'),
  networks: z.record(network, z.strictObject({ name: network, subnet: z.cidrv4(), internal: z.boolean() })),
  hosts: z.array(
    z.strictObject({
      ...{ name: z.string().min(1), tier, enabled: z.boolean(), memoryMiB: z.int().positive() },
      addresses: z.partialRecord(network, z.ipv4()),
      published: z.array(z.strictObject({ loopbackPort: port, port, what: z.string() })),
    }),
  ),
  virtualAddresses: z.record(virtual, z.strictObject({ network, address: z.ipv4(), routerId: z.int() })),
  routes: z.record(
    route,
    z.strictObject({ name: route, virtualAddress: virtual, port, target: z.strictObject({ tier, network, port }) }),
  ),
  dependencies: z.array(
    z.strictObject({ name: z.union([route, z.literal('origin')]), consumer: tier, route, proxyPort: port }),
  ),
  toxiproxy: z.boolean(),
  links: z.strictObject({
    ...{ runbooks: z.string().optional(), dashboards: z.string().optional(), prometheus: z.string().optional() },
    ...{ alertmanager: z.string().optional(), traces: z.string().optional(), logs: z.string().optional() },
  }) as z.ZodType<Topology['links']>,
});

/** Parses a topology that another process sent as JSON. Throws `invalid-topology` with the mismatches. */
export function parseTopology(value: unknown): Topology {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  throw new HoldfastError('invalid-topology', `Invalid topology: ${z.prettifyError(parsed.error)}`, {
    cause: parsed.error,
  });
}

/** Whether both have the same keys at all levels, with values of the same type. */
function hasShapeOf(value: unknown, example: unknown): boolean {
  if (typeof example !== 'object' || example === null) return typeof value === typeof example;
  if (typeof value !== 'object' || value === null) return false;
  const entries = Object.entries(example);
  const given: Readonly<Record<string, unknown>> = { ...value };
  return Object.keys(given).length === entries.length && entries.every(([key, inner]) => hasShapeOf(given[key], inner));
}
