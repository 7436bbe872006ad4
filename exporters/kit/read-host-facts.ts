import { connect } from 'node:net';
import { openDeadline } from '../../kit/deadline.ts';
import { HoldfastError } from '../../kit/errors.ts';
import { factsOf, type Facts } from './facts.ts';

/** A host-metrics endpoint; `deploy/tiers/host/services/facts/run` serves it. */
export interface HostFactsEndpoint {
  readonly address: string;
  readonly port: number;
  /** Expected name of the host. */
  readonly host: string;
  /** Deadline of the whole read. Well below the scrape timeout: an unreachable host is exposed as down, and a partial response is still used. */
  readonly answerMs: number;
}

/** A response has about 12 KB; a larger one is not from a host-metrics endpoint. */
const MAX_BYTES = 256 * 1024;

/**
 * Connects, reads until the endpoint closes the connection, and parses the response. A response that was incomplete at the deadline is used as
 * well, without the missing files. Throws when it contains no complete file, or comes from another host.
 */
export async function readHostFacts(endpoint: HostFactsEndpoint, signal: AbortSignal): Promise<Facts> {
  using limit = openDeadline(endpoint.answerMs, signal);
  const facts = factsOf(await readAll(endpoint, limit.signal), endpoint.host);
  if (facts.name !== undefined && facts.name !== endpoint.host)
    throw new HoldfastError(
      'unreadable-record',
      `The endpoint at ${endpoint.address} belongs to ${facts.name}, not to ${endpoint.host}.`,
    );
  return facts;
}

function readAll({ address, port, host }: HostFactsEndpoint, signal: AbortSignal): Promise<string> {
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  const chunks: Buffer[] = [];
  let bytes = 0;
  const socket = connect({ host: address, port, signal });
  socket.on('data', (chunk: Buffer) => {
    chunks.push(chunk);
    bytes += chunk.length;
    if (bytes > MAX_BYTES)
      socket.destroy(
        new HoldfastError('unreadable-record', `The response of ${host} is larger than ${MAX_BYTES} bytes.`),
      );
  });
  socket.on('error', (error) => {
    if (bytes > 0 && bytes <= MAX_BYTES) resolve(Buffer.concat(chunks).toString('utf8'));
    else reject(error);
  });
  socket.on('end', () => {
    resolve(Buffer.concat(chunks).toString('utf8'));
  });
  return promise;
}
