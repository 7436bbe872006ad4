import type { Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { SITE_HOST } from '../../deploy/model/site.ts';
import { messageOf } from '../../kit/errors.ts';
import { parseResponses, type Http1Response } from '../odd-requests/read-http1.ts';
import type { LoadTarget } from './load-run.ts';
import { openTarget } from './open-target.ts';
import { beginTransfer, type Transfer } from './transfer.ts';

export interface Upload {
  readonly target: LoadTarget;
  readonly path: string;
  /** ASCII. */
  readonly body: string;
  readonly headers: Readonly<Record<string, string>>;
  /** Duration of the body. 0: all bytes at once. */
  readonly overMs: number;
  /** A body that took longer was delayed by this machine, and its rejection may be right. */
  readonly mostMs: number;
  /** From the last byte of the body until the response. */
  readonly responseMs: number;
}

interface UploadOptions {
  readonly authority: string;
  readonly signal: AbortSignal;
}

/**
 * Sends a POST over HTTP/1.1 on a connection of its own, its body a byte at a time, evenly over `overMs`. Never rejects, except with the reason of the
 * signal.
 */
export async function sendUpload(upload: Upload, options: UploadOptions): Promise<Transfer> {
  const end = beginTransfer();
  let socket: Socket;
  try {
    socket = await openTarget(upload.target, { ...options, protocol: 'http/1.1' });
  } catch (error) {
    options.signal.throwIfAborted();
    return end({ error: `no connection: ${messageOf(error)}` });
  }
  try {
    const receiver = receive(socket);
    const sentMs = await sendPaced(socket, upload, receiver.signal);
    socket.setTimeout(upload.responseMs, () => socket.destroy());
    const response = await receiver.response;
    options.signal.throwIfAborted();
    const isLate = sentMs > upload.mostMs;
    return end({
      ...(response === undefined ? { error: 'the connection ended without a response' } : fieldsOf(response)),
      ...(isLate
        ? { clientProblem: `this client sent a body in ${Math.round(sentMs)} ms, too late for the site` }
        : {}),
    });
  } finally {
    socket.destroy();
  }
}

function fieldsOf({ status, headers, body }: Http1Response): Pick<Transfer, 'status' | 'headers' | 'body'> {
  return { status, headers, body: Buffer.from(body, 'latin1') };
}

interface Receiver {
  /** The final response; undefined if the connection ended without a complete one. */
  readonly response: Promise<Http1Response | undefined>;
  /** Aborts as soon as the rest of the body need not be sent any more. */
  readonly signal: AbortSignal;
}

function receive(socket: Socket): Receiver {
  const ended = new AbortController();
  let received = Buffer.alloc(0);
  const parse = (isClosed: boolean): Http1Response | undefined =>
    parseResponses(received, { isToHead: () => false, isClosed }).responses.find(({ status }) => status >= 200);
  const response = new Promise<Http1Response | undefined>((resolve) => {
    socket.on('data', (chunk: Buffer) => {
      received = Buffer.concat([received, chunk]);
      const found = parse(false);
      if (found !== undefined) resolve(found);
    });
    socket.once('close', () => {
      resolve(parse(true));
    });
  }).finally(() => {
    ended.abort();
  });
  return { response, signal: ended.signal };
}

/** Returns the milliseconds from the headers to the last byte. Stops early when the response is there. */
async function sendPaced(socket: Socket, { path, body, headers, overMs }: Upload, ended: AbortSignal): Promise<number> {
  const lines = Object.entries({
    ...headers,
    Host: SITE_HOST,
    'Content-Length': String(body.length),
    Connection: 'close',
  });
  const head = `POST ${path} HTTP/1.1\r\n${lines.map(([name, value]) => `${name}: ${value}\r\n`).join('')}\r\n`;
  const began = performance.now();
  if (overMs === 0) {
    socket.write(head + body);
    return 0;
  }
  socket.write(head);
  for (let index = 0; index < body.length; index += 1) {
    // Each byte has its own due time, so that late timers do not add up.
    const dueMs = began + ((index + 1) * overMs) / body.length;
    await sleep(Math.max(0, dueMs - performance.now()), undefined, { signal: ended }).catch(() => undefined);
    if (ended.aborted || !socket.writable) break;
    socket.write(body.charAt(index));
  }
  return performance.now() - began;
}
