import { decodeFields, encodeFields, type Field } from './hpack.ts';

/** The connection preface of a client (RFC 9113, 3.4). */
export const PREFACE = Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n', 'latin1');

export const TYPE = {
  data: 0,
  headers: 1,
  priority: 2,
  rstStream: 3,
  settings: 4,
  pushPromise: 5,
  ping: 6,
  goAway: 7,
  windowUpdate: 8,
  continuation: 9,
} as const;

export const FLAG = { endStream: 0x1, ack: 0x1, endHeaders: 0x4, padded: 0x8, priority: 0x20 } as const;

export const SETTING = {
  headerTableSize: 1,
  enablePush: 2,
  maxConcurrentStreams: 3,
  initialWindowSize: 4,
  maxFrameSize: 5,
  maxHeaderListSize: 6,
} as const;

/** Names of error codes, by code (RFC 9113, 7). */
const ERRORS = [
  'NO_ERROR',
  'PROTOCOL_ERROR',
  'INTERNAL_ERROR',
  'FLOW_CONTROL_ERROR',
  'SETTINGS_TIMEOUT',
  'STREAM_CLOSED',
  'FRAME_SIZE_ERROR',
  'REFUSED_STREAM',
  'CANCEL',
  'COMPRESSION_ERROR',
  'CONNECT_ERROR',
  'ENHANCE_YOUR_CALM',
  'INADEQUATE_SECURITY',
  'HTTP_1_1_REQUIRED',
] as const;

const HEADER_BYTES = 9;

export interface Frame {
  readonly type: number;
  readonly flags: number;
  readonly stream: number;
  readonly payload: Buffer;
}

/** A frame as bytes. `length`: the declared length of the payload, if it differs from the real one. */
export function encodeFrame({ type, flags, stream, payload }: Frame, length = payload.length): Buffer {
  const header = Buffer.alloc(HEADER_BYTES);
  header.writeUIntBE(length, 0, 3);
  header.writeUInt8(type, 3);
  header.writeUInt8(flags, 4);
  header.writeUInt32BE(stream, 5);
  return Buffer.concat([header, payload]);
}

/** `values`: any identifiers and any values, in their order. */
export function settings(values: readonly (readonly [id: number, value: number])[] = []): Buffer {
  const payload = Buffer.alloc(values.length * 6);
  values.forEach(([id, value], index) => {
    payload.writeUInt16BE(id, index * 6);
    payload.writeUInt32BE(value, index * 6 + 2);
  });
  return encodeFrame({ type: TYPE.settings, flags: 0, stream: 0, payload });
}

export function settingsAck(): Buffer {
  return encodeFrame({ type: TYPE.settings, flags: FLAG.ack, stream: 0, payload: Buffer.alloc(0) });
}

interface Ends {
  /** No DATA follows. Default true. */
  readonly endStream?: boolean;
  /** No CONTINUATION follows. Default true. */
  readonly endHeaders?: boolean;
}

/** HEADERS of a stream. `block`: fields, or the bytes of a header block. */
export function headers(stream: number, block: readonly Field[] | Buffer, ends: Ends = {}): Buffer {
  const { endStream = true, endHeaders = true } = ends;
  const flags = (endStream ? FLAG.endStream : 0) | (endHeaders ? FLAG.endHeaders : 0);
  return encodeFrame({ type: TYPE.headers, flags, stream, payload: blockOf(block) });
}

export function continuation(
  stream: number,
  block: readonly Field[] | Buffer,
  { endHeaders = true }: Pick<Ends, 'endHeaders'> = {},
): Buffer {
  return encodeFrame({
    type: TYPE.continuation,
    flags: endHeaders ? FLAG.endHeaders : 0,
    stream,
    payload: blockOf(block),
  });
}

function blockOf(block: readonly Field[] | Buffer): Buffer {
  return Buffer.isBuffer(block) ? block : encodeFields(block);
}

export function data(
  stream: number,
  body: string | Buffer,
  { endStream = true }: Pick<Ends, 'endStream'> = {},
): Buffer {
  const payload = Buffer.isBuffer(body) ? body : Buffer.from(body, 'latin1');
  return encodeFrame({ type: TYPE.data, flags: endStream ? FLAG.endStream : 0, stream, payload });
}

export function rstStream(stream: number, error: number): Buffer {
  return encodeFrame({ type: TYPE.rstStream, flags: 0, stream, payload: uint32(error) });
}

export function ping(payload: Buffer = Buffer.alloc(8), flags = 0): Buffer {
  return encodeFrame({ type: TYPE.ping, flags, stream: 0, payload });
}

export function windowUpdate(stream: number, increment: number): Buffer {
  return encodeFrame({ type: TYPE.windowUpdate, flags: 0, stream, payload: uint32(increment) });
}

export function goAway(lastStream: number, error: number): Buffer {
  const payload = Buffer.concat([uint32(lastStream), uint32(error)]);
  return encodeFrame({ type: TYPE.goAway, flags: 0, stream: 0, payload });
}

function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}

/** Splits received bytes into frames. */
export class FrameReader {
  #rest: Buffer = Buffer.alloc(0);

  /** The frames that are complete with `chunk`. */
  read(chunk: Buffer): readonly Frame[] {
    this.#rest = Buffer.concat([this.#rest, chunk]);
    const frames: Frame[] = [];
    for (let frame = this.#take(); frame !== undefined; frame = this.#take()) frames.push(frame);
    return frames;
  }

  #take(): Frame | undefined {
    const rest = this.#rest;
    if (rest.length < HEADER_BYTES) return undefined;
    const end = HEADER_BYTES + rest.readUIntBE(0, 3);
    if (rest.length < end) return undefined;
    this.#rest = rest.subarray(end);
    return {
      type: rest.readUInt8(3),
      flags: rest.readUInt8(4),
      // The first bit is reserved.
      stream: rest.readUInt32BE(5) & 0x7fffffff,
      payload: rest.subarray(HEADER_BYTES, end),
    };
  }
}

export function hasFlag(frame: Frame, flag: number): boolean {
  return (frame.flags & flag) !== 0;
}

/** The fields of a HEADERS frame with a complete block, as in short responses of servers. */
export function fieldsOf({ flags, payload }: Frame): readonly Field[] {
  const padding = (flags & FLAG.padded) === 0 ? 0 : payload.readUInt8(0) + 1;
  const start = (padding === 0 ? 0 : 1) + ((flags & FLAG.priority) === 0 ? 0 : 5);
  return decodeFields(payload.subarray(start, padding === 0 ? undefined : payload.length - padding + 1));
}

/** The error of a RST_STREAM or GOAWAY frame, by name. */
export function errorOf({ type, payload }: Frame): string {
  const code = payload.readUInt32BE(type === TYPE.goAway ? 4 : 0);
  return ERRORS[code] ?? String(code);
}
