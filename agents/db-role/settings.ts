import { z } from 'zod';
import { readConfig } from '../../kit/read-config.ts';

const port = z.int().min(1).max(65_535);
const listen = z.strictObject({ host: z.ipv4(), port });
const ms = z.number().positive();
const node = z.strictObject({ name: z.string().min(1), address: z.ipv4(), port }).readonly();

const schema = z.strictObject({
  /** The host it runs on. */
  host: z.string().min(1),
  nodes: z.array(node).min(1).readonly(),
  intervalMs: ms,
  timeoutMs: ms,
  repairAfterMs: ms,
  limits: z.strictObject({ writerMaxAgeMs: ms, readerMaxAgeMs: ms, maxApplyQueue: z.int().min(0), maxLagMs: ms }),
  check: listen,
  metrics: listen,
  passwordFile: z.string(),
  authorityFile: z.string(),
  recordFile: z.string(),
  /** File with the drained hosts: kit/operations.ts. */
  operationsFile: z.string(),
  /** Unix socket of HAProxy's runtime API. */
  haproxySocket: z.string(),
});

/** The configuration of the role agent, as `deploy/tiers/lb/role-agent.ts` renders it. */
export type Settings = Readonly<z.infer<typeof schema>>;
/** A database node and its address. */
export type Node = Settings['nodes'][number];

/** Reads the configuration. Throws `invalid-topology` if the file is missing or does not match the schema. */
export function readSettings(path: string): Settings {
  return readConfig(path, schema, 'the role agent');
}
