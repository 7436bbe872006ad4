/** Parameters of a suite, given with `-e NAME=value`. */
export interface Settings {
  readonly runId: string;
  /** All requests per second. */
  readonly rate: number;
  readonly seconds: number;
  readonly targets: readonly Target[];
  /** Folder of k6's summary. */
  readonly results: string;
}

export interface Target {
  readonly name: string;
  readonly url: string;
  /** Used by clients that cannot connect to `url`, as browsers use the next address of a name. */
  readonly fallbackUrl?: string;
}

/** Reads RUN_ID, RATE (requests per second), DURATION (seconds), TARGETS (`name=url` or `name=url|url`, comma between) and RESULTS. */
export function parseSettings(env: Readonly<Record<string, string | undefined>>): Settings {
  return {
    runId: parseText(env, 'RUN_ID'),
    rate: parseNumber(env, 'RATE'),
    seconds: parseNumber(env, 'DURATION'),
    targets: parseText(env, 'TARGETS').split(',').map(parseTarget),
    results: parseText(env, 'RESULTS'),
  };
}

function parseText(env: Readonly<Record<string, string | undefined>>, name: string): string {
  const value = env[name];
  if (value === undefined || value === '') throw new Error(`-e ${name}=… is missing`);
  return value;
}

function parseNumber(env: Readonly<Record<string, string | undefined>>, name: string): number {
  const value = Number(parseText(env, name));
  if (!Number.isInteger(value) || value < 1) throw new Error(`${name} must be a whole number from 1`);
  return value;
}

function parseTarget(text: string): Target {
  const match = /^([a-z0-9-]+)=(https?:\/\/[^/|]+)(?:\|(https?:\/\/[^/|]+))?$/.exec(text);
  const [, name, url, fallbackUrl] = match ?? [];
  if (name === undefined || url === undefined) throw new Error(`TARGETS: ${text} is not name=http://address`);
  return { name, url, ...(fallbackUrl === undefined ? {} : { fallbackUrl }) };
}
