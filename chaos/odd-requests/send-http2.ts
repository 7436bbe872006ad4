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
  type Frame,
} from '../hostile/http2-frames.ts';
import { expectedAt, type Http2Request } from './odd-request.ts';
import {
  followUpPath,
  judgeFollowUp,
  openEntry,
  RESPONSE_DEADLINE_MS,
  type Entry,
  type Outcome,
} from './open-entry.ts';
import { usual } from './rows/http2-fields.ts';
import { missingHeaders } from './send-http1.ts';

/** The stream of the follow-up request; odd requests use lower numbers. */
const FOLLOW_UP_STREAM = 0xffff;

interface Stream {
  readonly statuses: number[];
  readonly lacks: string[];
  body: string;
  reset?: string;
  isDone: boolean;
}

/** Like `sendHttp1`, with frames of HTTP/2: by prior knowledge, or by ALPN with TLS. */
export async function sendHttp2(
  entry: Entry,
  request: Http2Request,
  { path, product }: { readonly path: string; readonly product: number },
): Promise<Outcome> {
  const { answers, ends } = expectedAt(request, entry.name);
  const scheme = entry.authority === undefined ? 'http' : 'https';
  const wanted = answers.filter((answer) => !String(answer).startsWith('GOAWAY') && Number(answer) !== 100).length;
  const peer = new Peer();
  const socket = openEntry(entry, 'h2');
  let hasFollowed = false;
  const send = (bytes: Buffer): void => {
    if (socket.writable) socket.write(bytes);
  };
  const ended = new Promise<string>((resolve) => {
    socket.once('close', () => {
      resolve('closed');
    });
    socket.once('timeout', () => {
      resolve('silence');
    });
  });
  socket.on('error', () => undefined);
  socket.setTimeout(RESPONSE_DEADLINE_MS);
  socket.once(entry.authority === undefined ? 'connect' : 'secureConnect', () => {
    // Disables the dynamic table, which the reader of header blocks does not support.
    if (!request.bringsPreface) send(Buffer.concat([PREFACE, settings([[SETTING.headerTableSize, 0]])]));
    send(Buffer.concat(request.frames({ path, scheme })));
  });
  socket.on('data', (chunk: Buffer) => {
    for (const reply of peer.take(chunk)) send(reply);
    if (peer.streams.get(FOLLOW_UP_STREAM)?.isDone === true) socket.destroy();
    if (hasFollowed || ends || peer.finished < wanted) return;
    hasFollowed = true;
    send(headers(FOLLOW_UP_STREAM, usual({ path: followUpPath(product), scheme })));
  });
  const end = await ended;
  socket.destroy();
  return outcomeOf(peer, end, product);
}

function outcomeOf(peer: Peer, end: string, product: number): Outcome {
  const own = [...peer.streams].filter(([id]) => id !== FOLLOW_UP_STREAM).sort(([a], [b]) => a - b);
  const last = peer.streams.get(FOLLOW_UP_STREAM);
  const status = last?.statuses.at(-1);
  return {
    // A connection error also ends every stream. A server may or may not reset the streams in addition.
    answers: [...own.flatMap(([, stream]) => answersOf(stream, peer.goAways.length > 0)), ...peer.goAways],
    followUp: last === undefined || status === undefined ? end : judgeFollowUp(product, status, last.body),
    lacks: own.flatMap(([, { lacks }]) => lacks),
  };
}

function answersOf({ statuses, reset }: Stream, hasFailed: boolean): readonly (number | string)[] {
  return [...statuses, ...(reset === undefined || hasFailed ? [] : [`RST_STREAM ${reset}`])];
}

/** The state of the server's side of a connection. */
class Peer {
  readonly streams = new Map<number, Stream>();
  readonly goAways: string[] = [];
  readonly #reader = new FrameReader();

  /** Number of odd streams whose response is complete or reset. */
  get finished(): number {
    return [...this.streams].filter(([id, { isDone }]) => id !== FOLLOW_UP_STREAM && isDone).length;
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
      case TYPE.goAway:
        if (errorOf(frame) !== 'NO_ERROR') this.goAways.push(`GOAWAY ${errorOf(frame)}`);
        return [];
      case TYPE.headers:
        this.#takeHeaders(this.#streamOf(frame), frame);
        return [];
      case TYPE.data:
        this.#takeData(this.#streamOf(frame), frame);
        return [];
      case TYPE.rstStream:
        this.#takeReset(this.#streamOf(frame), frame);
        return [];
      default:
        return [];
    }
  }

  #takeHeaders(stream: Stream, frame: Frame): void {
    const fields = new Map(fieldsOf(frame));
    const status = Number(fields.get(':status'));
    stream.statuses.push(status);
    if (status >= 200) stream.lacks.push(...missingHeaders(fields));
    stream.isDone ||= hasFlag(frame, FLAG.endStream);
  }

  #takeData(stream: Stream, frame: Frame): void {
    stream.body += frame.payload.toString('latin1');
    stream.isDone ||= hasFlag(frame, FLAG.endStream);
  }

  /** After a complete response, a reset only means that the server does not need the rest of the request (RFC 9113, 8.1). */
  #takeReset(stream: Stream, frame: Frame): void {
    if (!stream.isDone) stream.reset = errorOf(frame);
    stream.isDone = true;
  }

  #streamOf({ stream: id }: Frame): Stream {
    const stream = this.streams.get(id) ?? { statuses: [], lacks: [], body: '', isDone: false };
    this.streams.set(id, stream);
    return stream;
  }
}
