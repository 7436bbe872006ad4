import { connect, type Socket } from 'node:net';
import { HoldfastError } from '../../kit/errors.ts';
import { parseReply, renderCommand, ReplyError, type Reply } from './resp.ts';

/** Address of a Valkey instance or a Sentinel, and the exporter's login. */
export interface ValkeyTarget {
  readonly address: string;
  readonly port: number;
  readonly user: string;
  readonly password: string;
  /** Deadline of connection and login. Well below the scrape timeout, so that an unreachable server is exposed as down. */
  readonly connectMs: number;
}

/** The connection of one scrape. */
export interface ValkeySession extends Disposable {
  /** Sends a command and returns its reply; commands can be pipelined. Rejects with {@link ReplyError} for an error reply. */
  readonly send: (...parts: readonly string[]) => Promise<Reply>;
}

/** A complete `INFO` has about 10,000 bytes. */
const MAX_ANSWER_BYTES = 1_000_000;

/**
 * Connects and logs in, or rejects after `connectMs`. It does not use the application's client library,
 * which would take 8 MiB of the exporter's 100 MiB. A few commands per connection need no reconnects, queues or retries.
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
    await session.send('AUTH', target.user, target.password);
    return session;
  } catch (error) {
    socket.destroy();
    throw error;
  } finally {
    clearTimeout(timer);
  }
}

type PendingReply = ReturnType<typeof Promise.withResolvers<Reply>>;

function makeSession(socket: Socket): ValkeySession {
  const pending: PendingReply[] = [];
  let unread: Buffer = Buffer.alloc(0);
  let failure: Error | undefined;

  const end = (error: Error): void => {
    failure ??= error;
    for (const one of pending.splice(0)) one.reject(failure);
    socket.destroy();
  };
  const read = (): void => {
    if (unread.length > MAX_ANSWER_BYTES) throw new Error('the reply is too long');
    for (let parsed = parseReply(unread); parsed !== undefined; parsed = parseReply(unread)) {
      unread = unread.subarray(parsed.next);
      const one = pending.shift();
      if (one === undefined) throw new Error('received a reply without a command');
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
    async send(...parts) {
      if (failure !== undefined) throw failure;
      const one: PendingReply = Promise.withResolvers<Reply>();
      pending.push(one);
      socket.write(renderCommand(parts));
      return one.promise;
    },
    [Symbol.dispose]() {
      socket.destroy();
    },
  };
}
