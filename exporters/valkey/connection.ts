import { connect, type Socket } from 'node:net';
import { HoldfastError } from '../../kit/errors.ts';
import { parseReply, renderCommand, ReplyError, type Reply } from './resp.ts';

/** Where a Valkey or a Sentinel is, and how the exporter logs in. */
export interface ValkeyTarget {
  readonly address: string;
  readonly port: number;
  readonly user: string;
  readonly password: string;
  /** For connection and login together: well within a scrape, so that a dead server is told as one. */
  readonly connectMs: number;
}

/** One connection of one scrape. */
export interface ValkeySession extends Disposable {
  /** Asks a command; the answers come in the order of the questions. An error of the server is a rejection with {@link ReplyError}. */
  readonly ask: (...words: readonly string[]) => Promise<Reply>;
}

/** An `INFO` of everything has ten thousand. */
const MAX_ANSWER_BYTES = 1_000_000;

/**
 * Connects and logs in, or rejects after `connectMs`. The protocol is read here rather than with the application's client library: five
 * questions and a farewell need no reconnects, queues or retries, and the library takes 8 MiB of the exporter's 100.
 */
export async function openValkey(target: ValkeyTarget, signal: AbortSignal): Promise<ValkeySession> {
  const socket = connect({ host: target.address, port: target.port, noDelay: true });
  const session = makeSession(socket);
  const stop = (): void => {
    socket.destroy(new HoldfastError('deadline', 'no answer in time'));
  };
  signal.addEventListener('abort', stop, { once: true });
  const timer = setTimeout(stop, target.connectMs);
  socket.once('close', () => {
    signal.removeEventListener('abort', stop);
  });
  if (signal.aborted) stop();
  try {
    await session.ask('AUTH', target.user, target.password);
    return session;
  } catch (error) {
    socket.destroy();
    throw error;
  } finally {
    clearTimeout(timer);
  }
}

type Waiting = ReturnType<typeof Promise.withResolvers<Reply>>;

function makeSession(socket: Socket): ValkeySession {
  const waiting: Waiting[] = [];
  let unread: Buffer = Buffer.alloc(0);
  let failure: Error | undefined;

  const end = (error: Error): void => {
    failure ??= error;
    for (const one of waiting.splice(0)) one.reject(failure);
    socket.destroy();
  };
  const read = (): void => {
    if (unread.length > MAX_ANSWER_BYTES) throw new Error('the answer is too long');
    for (let parsed = parseReply(unread); parsed !== undefined; parsed = parseReply(unread)) {
      unread = unread.subarray(parsed.next);
      const one = waiting.shift();
      if (one === undefined) throw new Error('an answer came that nobody asked for');
      if (parsed.reply instanceof ReplyError) one.reject(parsed.reply);
      else one.resolve(parsed.reply);
    }
  };
  socket.on('data', (chunk: Buffer) => {
    unread = unread.length === 0 ? chunk : Buffer.concat([unread, chunk]);
    try {
      read();
    } catch (error) {
      end(error instanceof Error ? error : new Error(String(error)));
    }
  });
  socket.on('error', end);
  socket.on('close', () => {
    end(new Error('the server closed the connection'));
  });
  return {
    async ask(...words) {
      if (failure !== undefined) throw failure;
      const one: Waiting = Promise.withResolvers<Reply>();
      waiting.push(one);
      socket.write(renderCommand(words));
      return one.promise;
    },
    [Symbol.dispose]() {
      socket.destroy();
    },
  };
}
