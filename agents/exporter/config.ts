import { z } from 'zod';
import { readConfig } from '../../kit/read-config.ts';

const port = z.int().min(1).max(65_535);
const host = z.strictObject({ host: z.string(), address: z.ipv4() });
const target = host.extend({ port });
/** `peerAddress`: the address that the other servers of its cluster use for it. */
const member = host.extend({ peerAddress: z.ipv4() });

export const exporterConfigSchema = z.strictObject({
  /** Port of the metrics and probes. */
  port,
  /** UDP port of access-log lines. */
  accessLogPort: port,
  /** Timeouts: `connectMs` to connect to a process and for the response of Nginx, `answerMs` for that of a host-metrics endpoint. */
  connectMs: z.number().positive(),
  answerMs: z.number().positive(),
  /** Subnet (CIDR) → name. */
  networks: z.record(z.string(), z.string()),
  mysql: z.array(member.extend({ port })),
  cache: z.array(member.extend({ valkeyPort: port, sentinelPort: port })),
  nginx: z.array(target),
  hostFacts: z.array(target),
  varnish: z.array(target),
  /** Hosts that send access-log lines, and the server names that HAProxy's lines may contain. */
  logs: z.strictObject({
    nginx: z.array(host),
    haproxy: z.array(host),
    servers: z.array(z.string()),
  }),
  /** The sampling policy for traces. */
  traces: z.strictObject({ slowMs: z.number().positive(), sampleRatio: z.number().min(0).max(1) }),
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
  /** Files of the monitor that commands replace: what operators and `prove` do with the stack. */
  operations: z.strictObject({ operationsFile: z.string(), experimentsFile: z.string() }),
  /** URL and interval of the user journey through the shop. */
  journey: z.strictObject({ url: z.url(), everyMs: z.number().positive() }),
});

/** The targets and limits of the exporter, rendered by `deploy/tiers/monitor/render-exporter.ts`. */
export type ExporterConfig = Readonly<z.infer<typeof exporterConfigSchema>>;

/** Reads the configuration. Throws `invalid-topology` if the file is missing or does not match the schema. */
export function readExporterConfig(path: string): ExporterConfig {
  return readConfig(path, exporterConfigSchema, 'the exporter');
}
