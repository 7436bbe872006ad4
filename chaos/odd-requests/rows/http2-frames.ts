import { encodeFields, encodeInteger } from '../../hostile/hpack.ts';
import {
  continuation,
  data,
  encodeFrame,
  FLAG,
  goAway,
  headers,
  ping,
  PREFACE,
  rstStream,
  SETTING,
  settings,
  settingsAck,
  TYPE,
  windowUpdate,
} from '../../hostile/http2-frames.ts';
import { http2, type Http2Request, type Http2Target } from '../odd-request.ts';
import { usual } from './http2-fields.ts';

const PROTOCOL = 'GOAWAY PROTOCOL_ERROR';
const SIZE = 'GOAWAY FRAME_SIZE_ERROR';
const COMPRESSION = 'GOAWAY COMPRESSION_ERROR';
const MOST = 2 ** 31 - 1;
const NONE = Buffer.alloc(0);

const get = (stream: number, to: Http2Target): Buffer => headers(stream, usual(to));

/** A request that a rule refuses. */
const refusedGet = (stream: number, to: Http2Target): Buffer => headers(stream, usual(to, 'BREW'));

/** HAProxy before May 2026 parses the padding of DATA as the next frame, and ends the connection. Requests of other clients are not affected. */
const PADDING = 'RFC 9113, 6.1: allowed; the parser of this HAProxy fails';

/** Pads the payload of a frame. `says` is the declared length of the padding, `has` the real one. */
function padded(type: number, payload: Buffer, { says, has }: { readonly says: number; readonly has: number }): Buffer {
  const flags = FLAG.padded | FLAG.endStream | (type === TYPE.headers ? FLAG.endHeaders : 0);
  return encodeFrame({
    type,
    flags,
    stream: 1,
    payload: Buffer.concat([Buffer.from([says]), payload, Buffer.alloc(has)]),
  });
}

export const STREAMS: readonly Http2Request[] = [
  http2(['two streams at once', 'RFC 9113, 5', [404, 404]], (to) => [get(1, to), get(3, to)]),
  http2(['ten streams at once', 'RFC 9113, 5', Array.from({ length: 10 }, () => 404)], (to) =>
    Array.from({ length: 10 }, (_, index) => get(2 * index + 1, to)),
  ),
  http2(['streams that leave numbers out', 'RFC 9113, 5.1.1', [404, 404]], (to) => [get(5, to), get(101, to)]),
  http2(['bodies that take turns', 'RFC 9113, 5', [404, 404]], (to) => [
    ...[1, 3].map((stream) =>
      headers(stream, [...usual(to, 'POST'), ['content-type', 'text/plain']], { endStream: false }),
    ),
    ...[1, 3].map((stream) => data(stream, 'hel', { endStream: false })),
    ...[3, 1].map((stream) => data(stream, 'lo')),
  ]),
  http2(['an even stream', 'RFC 9113, 5.1.1', [PROTOCOL]], (to) => [get(2, to)]),
  http2(['stream 0', 'RFC 9113, 6.2', [PROTOCOL]], (to) => [get(0, to)]),
  // Uses requests that a rule refuses at once, so that they never reach the application, independent of the order of the frames.
  http2(['the same stream again', 'RFC 9113, 5.1: STREAM_CLOSED; the parser names it otherwise', [PROTOCOL]], (to) => [
    refusedGet(1, to),
    refusedGet(1, to),
  ]),
  http2(
    [
      'a stream below the last one',
      'RFC 9113, 5.1.1: PROTOCOL_ERROR; the parser names it otherwise',
      ['GOAWAY STREAM_CLOSED'],
    ],
    (to) => [refusedGet(3, to), refusedGet(1, to)],
  ),
  http2(['DATA behind the end of a stream', 'RFC 9113, 5.1: closed', ['RST_STREAM STREAM_CLOSED']], (to) => [
    refusedGet(1, to),
    data(1, 'hello'),
  ]),
  http2(['a request that is reset at once', 'RFC 9113, 5.1', [404]], (to) => [
    refusedGet(1, to),
    rstStream(1, 8),
    get(3, to),
  ]),
  http2(['DATA on stream 0', 'RFC 9113, 6.1', [PROTOCOL]], () => [data(0, 'hello')]),
  http2(['DATA on a stream that is idle', 'RFC 9113, 5.1', [PROTOCOL]], () => [data(1, 'hello')]),
  http2(['WINDOW_UPDATE on a stream that is idle', 'RFC 9113, 5.1', [PROTOCOL]], () => [windowUpdate(1, 1)]),
  http2(['RST_STREAM on a stream that is idle', 'RFC 9113, 6.4', [PROTOCOL]], () => [rstStream(1, 8)]),
  http2(['RST_STREAM on stream 0', 'RFC 9113, 6.4', [PROTOCOL]], () => [rstStream(0, 8)]),
  http2(['the reserved bit of a stream', 'RFC 9113, 4.1: ignored', [404]], (to) => [
    encodeFrame({
      type: TYPE.headers,
      flags: FLAG.endStream | FLAG.endHeaders,
      stream: 0x80000001,
      payload: encodeFields(usual(to)),
    }),
  ]),
  http2(['a priority', 'RFC 9113, 5.3.2: ignored', [404]], (to) => [
    encodeFrame({ type: TYPE.priority, flags: 0, stream: 3, payload: Buffer.from([0, 0, 0, 0, 200]) }),
    encodeFrame({
      type: TYPE.headers,
      flags: FLAG.endStream | FLAG.endHeaders | FLAG.priority,
      stream: 1,
      payload: Buffer.concat([Buffer.from([0, 0, 0, 3, 16]), encodeFields(usual(to))]),
    }),
  ]),
  http2(['a priority of another length', 'RFC 9113, 6.3', [SIZE]], () => [
    encodeFrame({ type: TYPE.priority, flags: 0, stream: 1, payload: Buffer.alloc(4) }),
  ]),
];

export const CONNECTION_FRAMES: readonly Http2Request[] = [
  http2(
    ['a preface that is none', 'RFC 9113, 3.4: GOAWAY may be left out', []],
    () => [Buffer.from('PRI * HTTP/2.0\r\n\r\nXX\r\n\r\n', 'latin1'), settings()],
    {
      bringsPreface: true,
    },
  ),
  http2(['another frame before SETTINGS', 'RFC 9113, 3.4: GOAWAY may be left out', []], (to) => [PREFACE, get(1, to)], {
    bringsPreface: true,
  }),
  http2(['a second preface', 'RFC 9113, 4.1: a frame of another size', [SIZE]], () => [PREFACE]),
  http2(['unknown settings', 'RFC 9113, 6.5.2: ignored', [404]], (to) => [
    settings([
      [0xff, 1],
      [0, 0],
    ]),
    get(1, to),
  ]),
  http2(['100 settings', 'RFC 9113, 6.5', [404]], (to) => [
    settings(Array.from({ length: 100 }, (_, index) => [SETTING.initialWindowSize, 65_535 + index])),
    get(1, to),
  ]),
  http2(['SETTINGS of five bytes', 'RFC 9113, 6.5', [SIZE]], () => [
    encodeFrame({ type: TYPE.settings, flags: 0, stream: 0, payload: Buffer.alloc(5) }),
  ]),
  http2(['an acknowledgement with a payload', 'RFC 9113, 6.5', [SIZE]], () => [
    encodeFrame({ type: TYPE.settings, flags: FLAG.ack, stream: 0, payload: Buffer.alloc(6) }),
  ]),
  http2(['an acknowledgement of nothing', 'RFC 9113, 6.5.3', [404]], (to) => [settingsAck(), get(1, to)]),
  http2(['SETTINGS on a stream', 'RFC 9113, 6.5', [PROTOCOL]], () => [
    encodeFrame({ type: TYPE.settings, flags: 0, stream: 1, payload: NONE }),
  ]),
  http2(['ENABLE_PUSH of 2', 'RFC 9113, 6.5.2', [PROTOCOL]], () => [settings([[SETTING.enablePush, 2]])]),
  http2(['INITIAL_WINDOW_SIZE that is too large', 'RFC 9113, 6.5.2', ['GOAWAY FLOW_CONTROL_ERROR']], () => [
    settings([[SETTING.initialWindowSize, MOST + 1]]),
  ]),
  http2(['MAX_FRAME_SIZE that is too small', 'RFC 9113, 6.5.2', [PROTOCOL]], () => [
    settings([[SETTING.maxFrameSize, 1]]),
  ]),
  http2(['MAX_FRAME_SIZE that is too large', 'RFC 9113, 6.5.2', [PROTOCOL]], () => [
    settings([[SETTING.maxFrameSize, 2 ** 24]]),
  ]),
  http2(['PING', 'RFC 9113, 6.7', [404]], (to) => [ping(), get(1, to)]),
  http2(['PING of seven bytes', 'RFC 9113, 6.7', [SIZE]], () => [ping(Buffer.alloc(7))]),
  http2(['PING on a stream', 'RFC 9113, 6.7', [PROTOCOL]], () => [
    encodeFrame({ type: TYPE.ping, flags: 0, stream: 1, payload: Buffer.alloc(8) }),
  ]),
  http2(['PUSH_PROMISE of a client', 'RFC 9113, 8.4', [PROTOCOL]], (to) => [
    encodeFrame({
      type: TYPE.pushPromise,
      flags: FLAG.endHeaders,
      stream: 1,
      payload: Buffer.concat([Buffer.from([0, 0, 0, 2]), encodeFields(usual(to))]),
    }),
  ]),
  http2(['GOAWAY on a stream', 'RFC 9113, 6.8', [PROTOCOL]], () => [
    encodeFrame({ type: TYPE.goAway, flags: 0, stream: 1, payload: Buffer.alloc(8) }),
  ]),
  http2(['GOAWAY of four bytes', 'RFC 9113, 6.8', [SIZE]], () => [
    encodeFrame({ type: TYPE.goAway, flags: 0, stream: 0, payload: Buffer.alloc(4) }),
  ]),
  http2(
    ['GOAWAY before a request', 'RFC 9113, 6.8: of streams that the server opens', [404]],
    (to) => [goAway(0, 0), get(1, to)],
    {
      ends: true,
    },
  ),
  http2(['WINDOW_UPDATE of 0 for the connection', 'RFC 9113, 6.9', [PROTOCOL]], () => [windowUpdate(0, 0)]),
  http2(['WINDOW_UPDATE beyond the largest window', 'RFC 9113, 6.9.1', ['GOAWAY FLOW_CONTROL_ERROR']], () => [
    windowUpdate(0, MOST),
  ]),
  http2(['WINDOW_UPDATE of three bytes', 'RFC 9113, 6.9', [SIZE]], () => [
    encodeFrame({ type: TYPE.windowUpdate, flags: 0, stream: 0, payload: Buffer.alloc(3) }),
  ]),
  http2(['WINDOW_UPDATE of 0 for a stream', 'RFC 9113, 6.9', ['RST_STREAM PROTOCOL_ERROR']], (to) => [
    headers(1, usual(to, 'POST'), { endStream: false }),
    windowUpdate(1, 0),
  ]),
  http2(
    ['WINDOW_UPDATE beyond the largest window of a stream', 'RFC 9113, 6.9.1', ['RST_STREAM FLOW_CONTROL_ERROR']],
    (to) => [headers(1, usual(to, 'POST'), { endStream: false }), windowUpdate(1, MOST)],
  ),
  http2(['an unknown frame', 'RFC 9113, 4.1: ignored', [404]], (to) => [
    encodeFrame({ type: 0xfa, flags: 0xff, stream: 0, payload: Buffer.from('odd') }),
    get(1, to),
  ]),
  http2(['an unknown frame on a stream', 'RFC 9113, 4.1: ignored', [404]], (to) => [
    headers(1, [...usual(to, 'POST'), ['content-type', 'text/plain']], { endStream: false }),
    encodeFrame({ type: 0xfb, flags: 0, stream: 1, payload: Buffer.from('odd') }),
    data(1, 'hello'),
  ]),
  http2(['a frame larger than allowed', 'RFC 9113, 4.2', [SIZE]], (to) => [
    headers(1, usual(to, 'POST'), { endStream: false }),
    data(1, 'a'.repeat(70_000)),
  ]),
  http2(['text in place of frames', 'RFC 9113, 4.2', [SIZE]], () => [
    Buffer.from('GET / HTTP/1.1\r\nHost: shop.test\r\n\r\n', 'latin1'),
  ]),
];

export const HEADER_BLOCKS: readonly Http2Request[] = [
  http2(['a block in three frames', 'RFC 9113, 6.10', [404]], (to) => {
    const block = encodeFields(usual(to));
    return [
      headers(1, block.subarray(0, 3), { endHeaders: false }),
      continuation(1, block.subarray(3, 40), { endHeaders: false }),
      continuation(1, block.subarray(40)),
    ];
  }),
  http2(['a block of one byte a frame', 'RFC 9113, 6.10; parser', [404]], (to) => {
    const block = encodeFields(usual(to));
    return [
      headers(1, block.subarray(0, 1), { endHeaders: false }),
      ...[...block.subarray(1)].map((byte, index) =>
        continuation(1, Buffer.from([byte]), { endHeaders: index === block.length - 2 }),
      ),
    ];
  }),
  http2(['CONTINUATION without HEADERS', 'RFC 9113, 6.10', [PROTOCOL]], (to) => [continuation(1, usual(to))]),
  http2(['CONTINUATION behind a whole block', 'RFC 9113, 6.10', [PROTOCOL]], (to) => [
    headers(1, usual(to, 'POST'), { endStream: false }),
    continuation(1, [['x-odd', '1']]),
  ]),
  http2(['CONTINUATION of another stream', 'RFC 9113, 6.10', [PROTOCOL]], (to) => [
    headers(1, usual(to), { endHeaders: false }),
    continuation(3, [['x-odd', '1']]),
  ]),
  http2(['PING within a block', 'RFC 9113, 6.10', [PROTOCOL]], (to) => [
    headers(1, usual(to), { endHeaders: false }),
    ping(),
    continuation(1, [['x-odd', '1']]),
  ]),
  http2(['an unknown frame within a block', 'RFC 9113, 5.5', [PROTOCOL]], (to) => [
    headers(1, usual(to), { endHeaders: false }),
    encodeFrame({ type: 0xfa, flags: 0, stream: 1, payload: NONE }),
    continuation(1, [['x-odd', '1']]),
  ]),
  http2(['a block of 64 KiB', 'RFC 9113, 10.5.1; parser', ['GOAWAY INTERNAL_ERROR']], (to) => [
    headers(1, usual(to), { endHeaders: false }),
    ...Array.from({ length: 8 }, (_, index) =>
      continuation(1, [[`x-odd-${index}`, 'a'.repeat(8_000)]], { endHeaders: index === 7 }),
    ),
  ]),
  http2(['padding', 'RFC 9113, 6.2', [404]], (to) => [
    padded(TYPE.headers, encodeFields(usual(to)), { says: 255, has: 255 }),
  ]),
  http2(['padding of no bytes', 'RFC 9113, 6.2', [404]], (to) => [
    padded(TYPE.headers, encodeFields(usual(to)), { says: 0, has: 0 }),
  ]),
  http2(['more padding than payload', 'RFC 9113, 6.2', [PROTOCOL]], () => [
    padded(TYPE.headers, NONE, { says: 9, has: 3 }),
  ]),
  http2(['DATA with more padding than payload', 'RFC 9113, 6.1', [PROTOCOL]], (to) => [
    headers(1, usual(to, 'POST'), { endStream: false }),
    padded(TYPE.data, NONE, { says: 9, has: 3 }),
  ]),
  http2(['DATA of padding alone', PADDING, [PROTOCOL]], (to) => [
    headers(1, [...usual(to, 'POST'), ['content-type', 'text/plain']], { endStream: false }),
    padded(TYPE.data, NONE, { says: 200, has: 200 }),
  ]),
  http2(['unknown flags', 'RFC 9113, 4.1: ignored', [404]], (to) => [
    encodeFrame({
      type: TYPE.headers,
      flags: 0xd2 | FLAG.endStream | FLAG.endHeaders,
      stream: 1,
      payload: encodeFields(usual(to)),
    }),
  ]),
  http2(['index 0', 'RFC 7541, 6.1', [COMPRESSION]], () => [headers(1, Buffer.from([0x80]))]),
  http2(['an index of nothing', 'RFC 7541, 2.3.3', [COMPRESSION]], () => [headers(1, encodeInteger(1_000, 7, 0x80))]),
  http2(['a block that breaks off', 'RFC 7541, 5.2', [COMPRESSION]], () => [
    headers(1, Buffer.from([0x00, 0x05, 0x78])),
  ]),
  http2(['an integer without an end', 'RFC 7541, 5.1', [COMPRESSION]], () => [
    headers(1, Buffer.from([0xff, ...Array.from({ length: 12 }, () => 0xff)])),
  ]),
  http2(['a table larger than agreed', 'RFC 7541, 6.3', [COMPRESSION]], (to) => [
    headers(1, Buffer.concat([encodeInteger(1_000_000, 5, 0x20), encodeFields(usual(to))])),
  ]),
  http2(['a change of the table behind a field', 'RFC 7541, 4.2', [COMPRESSION]], (to) => [
    headers(1, Buffer.concat([encodeFields(usual(to)), encodeInteger(0, 5, 0x20)])),
  ]),
  http2(['a Huffman code without an end', 'RFC 7541, 5.2', [COMPRESSION]], () => [
    headers(1, Buffer.from([0x00, 0x84, 0xff, 0xff, 0xff, 0xff, 0x01, 0x61])),
  ]),
  http2(['DATA with padding', PADDING, [PROTOCOL]], (to) => [
    headers(1, [...usual(to, 'POST'), ['content-type', 'text/plain']], { endStream: false }),
    padded(TYPE.data, Buffer.from('hello'), { says: 200, has: 200 }),
  ]),
  http2(['DATA with padding of no bytes', 'RFC 9113, 6.1', [404]], (to) => [
    headers(1, [...usual(to, 'POST'), ['content-type', 'text/plain']], { endStream: false }),
    padded(TYPE.data, Buffer.from('hello'), { says: 0, has: 0 }),
  ]),
  http2(['an empty block', 'RFC 9113, 8.3.1; parser', [SIZE]], () => [headers(1, NONE)]),
];
