import type { Readable, Writable } from 'node:stream';
import { z } from 'zod';

/** A client of the DevTools protocol. */
export interface DevTools {
  /** Throws the browser's error response, and an error if the browser ends before it responds. */
  call<T>(call: Call, schema: z.ZodType<T>): Promise<T>;
}

interface Call {
  readonly method: string;
  readonly params: object;
  /** Session of a page; default: the browser itself. */
  readonly sessionId?: string;
  readonly signal: AbortSignal;
}

/** Events have no id and are ignored. */
const messageSchema = z.object({
  id: z.int().optional(),
  result: z.unknown().optional(),
  error: z.object({ message: z.string() }).optional(),
});
type Message = z.infer<typeof messageSchema>;

/** Opens a DevTools client over a pair of streams: JSON messages, each terminated by a zero byte. */
export function openDevTools(input: Writable, output: Readable): DevTools {
  const waiting = new Map<number, PromiseWithResolvers<Message>>();
  let calls = 0;
  let rest = '';
  const fail = (): void => {
    for (const { reject } of waiting.values()) reject(new Error('the browser has ended'));
    waiting.clear();
  };
  // A write error means that the browser ended: it rejects all pending calls.
  input.on('error', fail);
  output.setEncoding('utf8');
  output.on('close', fail);
  output.on('data', (text: string) => {
    const messages = (rest + text).split('\0');
    rest = messages.pop() ?? '';
    for (const message of messages) {
      const parsed = messageSchema.parse(JSON.parse(message));
      if (parsed.id !== undefined) waiting.get(parsed.id)?.resolve(parsed);
    }
  });
  return {
    async call({ method, params, sessionId, signal }, schema) {
      signal.throwIfAborted();
      calls += 1;
      const id = calls;
      const answer = Promise.withResolvers<Message>();
      const abort = (): void => {
        answer.reject(signal.reason as Error);
      };
      waiting.set(id, answer);
      signal.addEventListener('abort', abort, { once: true });
      try {
        input.write(`${JSON.stringify({ id, method, params, sessionId })}\0`);
        const { result, error } = await answer.promise;
        if (error !== undefined) throw new Error(`${method}: ${error.message}`);
        return schema.parse(result);
      } finally {
        waiting.delete(id);
        signal.removeEventListener('abort', abort);
      }
    },
  };
}
