import { connect } from 'node:net';
import { openDeadline } from '../../kit/deadline.ts';
import { HoldfastError } from '../../kit/errors.ts';
import { factsOf, type Facts } from './facts.ts';

/** A facts door: `deploy/tiers/host/services/facts/run` says how it answers. */
export interface Door {
  readonly address: string;
  readonly port: number;
  /** Name of the host that has to be behind it. */
  readonly host: string;
  /** For everything: well within a scrape, so that a dead host is told as one, and what a dying one said is still shown. */
  readonly answerMs: number;
}

/** A host says about 12 KB. Beyond this it is not a door that speaks. */
const MAX_BYTES = 256 * 1024;

/**
 * Connects, reads until the door closes, and takes the answer apart. What came before the time was up is an answer too: then some files are
 * missing. Throws when there is nothing to be used, or when it is another host that speaks.
 */
export async function readHostFacts(door: Door, signal: AbortSignal): Promise<Facts> {
  using limit = openDeadline(door.answerMs, signal);
  const facts = factsOf(await readAll(door, limit.signal), door.host);
  if (facts.name !== undefined && facts.name !== door.host)
    throw new HoldfastError(
      'unreadable-record',
      `It is ${facts.name} that answers at ${door.address}, not ${door.host}.`,
    );
  return facts;
}

function readAll({ address, port, host }: Door, signal: AbortSignal): Promise<string> {
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  const chunks: Buffer[] = [];
  let bytes = 0;
  const socket = connect({ host: address, port, signal });
  socket.on('data', (chunk: Buffer) => {
    chunks.push(chunk);
    bytes += chunk.length;
    if (bytes > MAX_BYTES)
      socket.destroy(new HoldfastError('unreadable-record', `${host} said more than ${MAX_BYTES} bytes.`));
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
