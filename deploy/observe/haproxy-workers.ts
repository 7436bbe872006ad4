/** Process IDs of the workers of one HAProxy. */
export interface Workers {
  readonly current: readonly number[];
  /** Workers of earlier configurations, which finish their requests and exit. */
  readonly old: readonly number[];
}

/** Parses the response of the master process to `show proc`. Sections begin with a `#`. Other sections are skipped. */
export function parseWorkers(text: string): Workers {
  const found = { current: [] as number[], old: [] as number[] };
  let section = '';
  for (const line of text.split('\n')) {
    if (line.startsWith('#')) section = line.slice(1).trim();
    const pid = /^(\d+)\s+worker\s/.exec(line)?.[1];
    if (pid === undefined) continue;
    if (section === 'workers') found.current.push(Number(pid));
    if (section === 'old workers') found.old.push(Number(pid));
  }
  return found;
}

/**
 * Clients (`address:port`) with a request in progress or an open TCP session on one of `frontends`, from `show sess` of a worker. An idle kept-alive
 * connection has neither.
 */
export function parseBusyClients(text: string, frontends: readonly string[]): ReadonlySet<string> {
  const clients = [...text.matchAll(/ src=(\S+) fe=(\S+) /g)].flatMap(([, client = '', frontend = '']) =>
    frontends.includes(frontend) ? [client] : [],
  );
  return new Set(clients);
}
