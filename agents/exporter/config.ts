import { z } from 'zod';
import { readConfig } from '../../kit/read-config.ts';

const port = z.int().min(1).max(65_535);
const host = z.strictObject({ host: z.string(), address: z.ipv4() });
const target = host.extend({ port });
/** `peerAddress`: by which the other servers of its cluster name it. */
const member = host.extend({ peerAddress: z.ipv4() });

export const exporterConfigSchema = z.strictObject({
  /** Port of the metrics and probes. */
  port,
  /** UDP port of access-log lines. */
  accessLogPort: port,
  /** For reaching a process on its own host, and for all answers of a host or of Nginx. */
  connectMs: z.number().positive(),
  answerMs: z.number().positive(),
  /** Subnet (CIDR) → name. */
  networks: z.record(z.string(), z.string()),
  mysql: z.array(member.extend({ port })),
  cache: z.array(member.extend({ valkeyPort: port, sentinelPort: port })),
  nginx: z.array(target),
  hostFacts: z.array(target),
  varnish: z.array(target),
  /** Hosts that send access-log lines, and the names that HAProxy may give its servers in them. */
  logs: z.strictObject({
    nginx: z.array(host),
    haproxy: z.array(host),
    servers: z.array(z.string()),
  }),
  /** Which traces are sampled. */
  traces: z.strictObject({ slowMs: z.number().positive(), keptRatio: z.number().min(0).max(1) }),
  traceStoreUrl: z.url(),
  hops: z.array(
    z.strictObject({
      name: z.string(),
      tier: z.enum(['edge', 'lb', 'web', 'app', 'db', 'cache', 'monitor', 'mail', 'trace']),
      ask: z.discriminatedUnion('kind', [
        z.strictObject({ kind: z.literal('http'), url: z.url() }),
        z.strictObject({ kind: z.literal('mysql'), host: z.ipv4(), port, writable: z.boolean() }),
      ]),
    }),
  ),
  /** The shop that a customer's journey is walked through, and how often. */
  journey: z.strictObject({ url: z.url(), everyMs: z.number().positive() }),
});

/** The targets and limits of the exporter, as `deploy/tiers/monitor/render-exporter.ts` renders them. */
export type ExporterConfig = Readonly<z.infer<typeof exporterConfigSchema>>;

/** Throws `invalid-topology` when the file is missing or does not match the schema. */
export function readExporterConfig(path: string): ExporterConfig {
  return readConfig(path, exporterConfigSchema, 'the exporter');
}
