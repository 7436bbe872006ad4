import type { Socket } from 'node:net';
import { SITE_HOST } from '../../deploy/model/site.ts';
import { messageOf } from '../../kit/errors.ts';
import {
  errorOf,
  fieldsOf,
  FLAG,
  FrameReader,
  hasFlag,
  headers,
  ping,
  PREFACE,
  SETTING,
  settings,
  settingsAck,
  TYPE,
  windowUpdate,
  type Frame,
} from '../hostile/http2-frames.ts';
import type { LoadTarget } from './load-run.ts';
import { openTarget } from './open-target.ts';
import { beginTransfer, type Transfer } from './transfer.ts';

export interface Download {
  readonly target: LoadTarget;
  readonly path: string;
  /** Bytes of the body that the server may send at once, and again after each interval. */
  readonly windowBytes: number;
  /** Much shorter than the time for which the site waits for a client that reads nothing, `stallMs` in `REQUEST_LIMITS`. */
  readonly everyMs: number;
  /** The whole download, after which it has failed. */
  readonly deadlineMs: number;
}

interface DownloadOptions {
  readonly authority: string;
  readonly signal: AbortSignal;
}

const STREAM = 1;

/**
 * Reads a page slowly, on a connection of its own. It uses HTTP/2, without TLS by prior knowledge: its flow control keeps the response at the server,
 * while over HTTP/1 the kernels would buffer sixty pages of this site. Never rejects, except with the reason of the signal.
 */
export async function readDownload(download: Download, options: DownloadOptions): Promise<Transfer> {
  const end = beginTransfer();
  const signal = AbortSignal.any([options.signal, AbortSignal.timeout(download.deadlineMs)]);
  let socket: Socket;
  try {
    socket = await openTarget(download.target, { ...options, signal, protocol: 'h2' });
  } catch (error) {
    options.signal.throwIfAborted();
    return end({ error: `no connection: ${messageOf(error)}` });
  }
  const reading = new Reading();
  const timer = setInterval(() => {
    if (!socket.writable) return;
    const more = [STREAM, 0].map((stream) => windowUpdate(stream, download.windowBytes));
    socket.write(Buffer.concat(more));
  }, download.everyMs);
  try {
    await converse(socket, reading, download);
  } finally {
    clearInterval(timer);
    socket.destroy();
  }
  options.signal.throwIfAborted();
  const { status, fields, body } = reading;
  const error = problemOf(reading, signal.aborted ? download.deadlineMs : undefined);
  return end({ status, headers: fields, body, ...(error === undefined ? {} : { error }) });
}

/** Sends the request and reads until the end of its stream or of the connection. */
async function converse(socket: Socket, reading: Reading, { path, target, windowBytes }: Download): Promise<void> {
  const ended = new Promise<void>((resolve) => {
    socket.once('close', resolve);
    socket.on('data', (chunk: Buffer) => {
      for (const reply of reading.take(chunk)) if (socket.writable) socket.write(reply);
      if (reading.isDone) resolve();
    });
  });
  const scheme = target.url.startsWith('https:') ? 'https' : 'http';
  const request = headers(STREAM, [
    [':method', 'GET'],
    [':scheme', scheme],
    [':authority', SITE_HOST],
    [':path', path],
  ]);
  // A table of 0 disables the dynamic table, which the reader of header blocks does not support.
  const own = settings([
    [SETTING.headerTableSize, 0],
    [SETTING.enablePush, 0],
    [SETTING.initialWindowSize, windowBytes],
  ]);
  socket.write(Buffer.concat([PREFACE, own, request]));
  await ended;
}

/** The received part of a response. */
class Reading {
  status = 0;
  readonly fields = new Map<string, string>();
  isDone = false;
  /** The reset of the stream, or the goodbye of a server that has not processed it. */
  refusal: string | undefined;
  readonly #chunks: Buffer[] = [];
  readonly #reader = new FrameReader();

  get body(): Buffer {
    return Buffer.concat(this.#chunks);
  }

  /** Processes received bytes. Returns the frames to send in reply. */
  take(chunk: Buffer): readonly Buffer[] {
    return this.#reader.read(chunk).flatMap((frame) => this.#takeFrame(frame));
  }

  #takeFrame(frame: Frame): readonly Buffer[] {
    switch (frame.type) {
      case TYPE.settings:
        return hasFlag(frame, FLAG.ack) ? [] : [settingsAck()];
      case TYPE.ping:
        return hasFlag(frame, FLAG.ack) ? [] : [ping(frame.payload, FLAG.ack)];
      case TYPE.headers:
        this.#takeHeaders(frame);
        return [];
      case TYPE.data:
        this.#chunks.push(frame.payload);
        this.isDone ||= hasFlag(frame, FLAG.endStream);
        return [];
      case TYPE.rstStream:
        this.#refuse(`the stream was reset: ${errorOf(frame)}`);
        return [];
      case TYPE.goAway:
        // After an orderly one, streams up to the last one are still completed.
        if (frame.payload.readUInt32BE(0) < STREAM) this.#refuse(`the request was not processed: ${errorOf(frame)}`);
        return [];
      default:
        return [];
    }
  }

  #takeHeaders(frame: Frame): void {
    for (const [name, value] of fieldsOf(frame)) {
      if (name === ':status') this.status = Number(value);
      else this.fields.set(name, value);
    }
    this.isDone ||= hasFlag(frame, FLAG.endStream);
  }

  #refuse(reason: string): void {
    this.refusal = reason;
    this.isDone = true;
  }
}

/** Why a response is missing or incomplete. `deadlineMs`: the deadline, if it is the reason. */
function problemOf(
  { status, fields, body, isDone, refusal }: Reading,
  deadlineMs: number | undefined,
): string | undefined {
  const declared = fields.get('content-length');
  const received = `${body.length} of ${declared ?? 'an unknown number of'} bytes`;
  if (refusal !== undefined) return `${refusal}, after ${received}`;
  if (status === 0) return deadlineMs === undefined ? 'the connection ended without a response' : 'no response in time';
  if (!isDone) return `${deadlineMs === undefined ? 'truncated' : `not complete within ${deadlineMs} ms`}: ${received}`;
  if (declared !== undefined && Number(declared) !== body.length) return `truncated: ${received}`;
  return undefined;
}
