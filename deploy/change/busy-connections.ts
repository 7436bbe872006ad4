import { haproxyMasterCommand } from '../model/haproxy-command.ts';
import { parseBusyClients, parseWorkers, type Workers } from '../observe/haproxy-workers.ts';
import type { StackContext } from '../observe/observation.ts';
import { parseUnsentData } from '../observe/unsent-data.ts';

/** How long connections may take to end after a drain began: HAProxy itself closes the rest then (`hard-stop-after`). */
export const DRAIN_DEADLINE_MS = 30_000;

/**
 * How long idle connections stay open after a drain began. A client that uses its connection in this time learns from the response that it must close it.
 * Closing the others harms no request, unless their clients send one at that moment.
 */
export const IDLE_MS = 10_000;

/** A drain that ended. Disposing it returns the host to service. */
export interface ConnectionDrain extends AsyncDisposable {
  /** Connections with a request or a TCP session that did not end in time, or with unsent data. Closed idle connections do not count. */
  readonly cutConnections: number;
}

/** Selects connections of clients: frontends of HAProxy, and the same by their local address and port. */
export interface ClientSide {
  readonly frontends: readonly string[];
  readonly isLocal: (address: string, port: number) => boolean;
}

/** The workers of HAProxy on a host; none if its master process does not respond. */
export async function readWorkers({ hosts }: Pick<StackContext, 'hosts'>, host: string): Promise<Workers> {
  const { code, stdout } = await hosts.exec(host, haproxyMasterCommand('show proc'));
  return parseWorkers(code === 0 ? stdout : '');
}

/**
 * Clients (`address:port`) that closing the connections now would harm: with a request or TCP session in the workers `pids`, or with data that the kernel
 * has not sent. The second covers a slow download whose last bytes HAProxy has already written.
 */
export async function findBusyClients(
  { hosts }: Pick<StackContext, 'hosts'>,
  host: string,
  { pids, frontends, isLocal }: ClientSide & { readonly pids: readonly number[] },
): Promise<ReadonlySet<string>> {
  const { stdout: table } = await hosts.exec(host, ['cat', '/proc/net/tcp']);
  const sessions = await Promise.all(pids.map((pid) => hosts.exec(host, haproxyMasterCommand(`@!${pid} show sess`))));
  return new Set([
    ...parseUnsentData(table, isLocal),
    ...sessions.flatMap(({ stdout }) => [...parseBusyClients(stdout, frontends)]),
  ]);
}
