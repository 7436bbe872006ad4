import { readFileSync } from 'node:fs';
import { z } from 'zod';

const address = z.strictObject({ host: z.string().min(1), port: z.int().min(1).max(65_535) });
const milliseconds = z.int().positive();

const schema = z.strictObject({
  host: z.string().regex(/^[a-z]+\d+$/),
  listen: address,
  metrics: address,
  database: z.strictObject({
    name: z.string().regex(/^\w+$/),
    write: address,
    read: address,
    /** Connections per pool and host. */
    poolSize: z.int().positive(),
  }),
  cache: address,
  traces: z.strictObject({
    /** URL to which spans are posted. */
    storeUrl: z.url(),
    slowMs: milliseconds,
    sampleRatio: z.number().min(0).max(1),
  }),
  /** UDP address that log lines of requests are sent to, in addition to standard output. */
  traceLogs: address,
  timeouts: z.strictObject({
    connectMs: milliseconds,
    readQueryMs: milliseconds,
    readBudgetMs: milliseconds,
    writeQueryMs: milliseconds,
    writeBudgetMs: milliseconds,
    ownWriteWaitMs: milliseconds,
    /** Maximum age of data on the read route. */
    readerStalenessMs: milliseconds,
    cacheCommandMs: milliseconds,
    cacheConnectMs: milliseconds,
    cacheRetryMs: milliseconds,
    idleMs: milliseconds,
    drainMs: milliseconds,
  }),
});

/** Contents of `app.json`: addresses from the topology, timeouts from the profile. */
export type AppConfig = Readonly<z.infer<typeof schema>>;

/** Paths of the rendered configuration and the secrets on a host. */
export const CONFIG_FILE = '/etc/holdfast/app.json';
export const SECRETS_DIRECTORY = '/run/holdfast/secrets';

/** Parses the text of `app.json`. Throws with all problems. */
export function parseAppConfig(text: string): AppConfig {
  const result = schema.safeParse(JSON.parse(text));
  if (!result.success) throw new Error(`app.json does not fit: ${z.prettifyError(result.error)}`);
  return result.data;
}

/** Paths of the application's files. */
export interface AppFiles {
  readonly config: string;
  readonly secrets: string;
}

/** Paths on a host by default. `HOLDFAST_CONFIG` and `HOLDFAST_SECRETS` override them, for development outside the stack. */
export function appFiles(environment: NodeJS.ProcessEnv): AppFiles {
  return {
    config: environment['HOLDFAST_CONFIG'] ?? CONFIG_FILE,
    secrets: environment['HOLDFAST_SECRETS'] ?? SECRETS_DIRECTORY,
  };
}

/** Reads a secret. Throws if it is missing or empty. */
export function readSecret(directory: string, name: string): string {
  const text = readFileSync(`${directory}/${name}`, 'utf8').trim();
  if (text === '') throw new Error(`the secret ${name} is empty`);
  return text;
}
