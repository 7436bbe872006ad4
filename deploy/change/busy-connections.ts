import { HoldfastError } from '../../kit/errors.ts';
import { runOnHost } from '../../kit/hosts.ts';
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

/** The workers of HAProxy on a host; none if HAProxy does not run. Throws `docker` if it runs and does not respond: then nothing is known. */
export async function readWorkers(context: Pick<StackContext, 'hosts'>, host: string): Promise<Workers> {
  return parseWorkers(await askMaster(context, host, 'show proc'));
}

/** Whether a worker accepts no more connections, and exits when the last one has ended. False for a worker that has exited. */
export async function isWorkerStopping(
  context: Pick<StackContext, 'hosts'>,
  host: string,
  pid: number,
): Promise<boolean> {
  return /^Stopping: 1$/m.test(await askMaster(context, host, `@!${pid} show info`));
}

/** The response of HAProxy's master process; empty if HAProxy does not run. Each of these commands has a response. */
async function askMaster({ hosts }: Pick<StackContext, 'hosts'>, host: string, command: string): Promise<string> {
  const { code, stdout, stderr } = await hosts.exec(host, haproxyMasterCommand(command));
  if (code === 0 && stdout.trim() !== '') return stdout;
  if ((await runOnHost(hosts, host, ['s6-svstat', '-o', 'up', '/etc/s6/haproxy'])).trim() === 'false') return '';
  throw new HoldfastError(
    'docker',
    `HAProxy on ${host} does not respond to \`${command}\`: ${stderr.trim() || 'no reply'}`,
    {
      fix: `Check \`./holdfast logs ${host}\`.`,
    },
  );
}

/**
 * Clients (`address:port`) that closing the connections now would harm: with a request or TCP session in the workers `pids`, or with data that the kernel
 * has not sent. The second covers a slow download whose last bytes HAProxy has already written.
 */
export async function findBusyClients(
  context: Pick<StackContext, 'hosts'>,
  host: string,
  { pids, frontends, isLocal }: ClientSide & { readonly pids: readonly number[] },
): Promise<ReadonlySet<string>> {
  const table = await runOnHost(context.hosts, host, ['cat', '/proc/net/tcp']);
  // A worker that has exited has no sessions; the response says so.
  const sessions = await Promise.all(pids.map((pid) => askMaster(context, host, `@!${pid} show sess`)));
  return new Set([
    ...parseUnsentData(table, isLocal),
    ...sessions.flatMap((text) => [...parseBusyClients(text, frontends)]),
  ]);
}
