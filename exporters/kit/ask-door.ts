import { connect } from 'node:net';
import { HoldfastError } from '../../kit/errors.ts';
import { parseSections } from './parse-sections.ts';

/** A facts door: `deploy/base/services/facts/run` says how it answers. */
export interface Door {
  readonly address: string;
  readonly port: number;
  /** Name of the host that has to be behind it. */
  readonly host: string;
  /** For everything: well within a scrape, so that a dead host is told as one, and what a dying one said is still shown. */
  readonly answerMs: number;
}

/** What a host said in one look. */
export interface Facts extends Disposable {
  /** The text of a file; throws when it is not in the answer. */
  readonly read: (path: string) => string;
  readonly has: (path: string) => boolean;
  /** Paths of the files below a folder. */
  readonly below: (folder: string) => readonly string[];
}

/** A host says about 12 KB. Beyond this it is not a door that speaks. */
const MAX_BYTES = 256 * 1024;

/**
 * Connects, reads until the door closes, and takes the answer apart. What came before the time was up is an answer too: then some files are
 * missing. Throws when there is nothing to be used, or when it is another host that speaks.
 */
export async function askDoor(door: Door, signal: AbortSignal): Promise<Facts> {
  const { files, isComplete } = parseSections(await readAll(door, signal));
  if (files.size === 0)
    throw new HoldfastError(
      'unreadable-record',
      `${door.host} said nothing that can be used at ${door.address}:${door.port}.`,
    );
  const name = files.get('/etc/hostname')?.trim();
  if (isComplete && name !== door.host)
    throw new HoldfastError(
      'unreadable-record',
      `It is ${name ?? ''} that answers at ${door.address}, not ${door.host}.`,
    );
  return {
    read(path) {
      const text = files.get(path);
      if (text === undefined) throw new HoldfastError('unreadable-record', `${path} is not in what ${door.host} said.`);
      return text;
    },
    has: (path) => files.has(path),
    below: (folder) => [...files.keys()].filter((path) => path.startsWith(`${folder}/`)),
    [Symbol.dispose]() {
      // The connection was closed when it had been read.
    },
  };
}

function readAll({ address, port, answerMs, host }: Door, signal: AbortSignal): Promise<string> {
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  const chunks: Buffer[] = [];
  let bytes = 0;
  const socket = connect({ host: address, port, signal: AbortSignal.any([signal, AbortSignal.timeout(answerMs)]) });
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
