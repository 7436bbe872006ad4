import fc from 'fast-check';
import { expect, it } from 'vitest';
import {
  continuation,
  data,
  encodeFrame,
  errorOf,
  fieldsOf,
  FLAG,
  FrameReader,
  goAway,
  hasFlag,
  headers,
  ping,
  PREFACE,
  rstStream,
  SETTING,
  settings,
  settingsAck,
  TYPE,
  windowUpdate,
  type Frame,
} from './http2-frames.ts';

const hex = (bytes: Buffer): string => bytes.toString('hex');

it('the preface is that of RFC 9113 (3.4)', () => {
  expect(hex(PREFACE)).toBe('505249202a20485454502f322e300d0a0d0a534d0d0a0d0a');
});

// Length of three bytes, type, flags, stream of four bytes, payload (RFC 9113, 4.1).
it.each([
  ['SETTINGS', settings([[SETTING.initialWindowSize, 0xffff]]), '000006 04 00 00000000 0004 0000ffff'],
  ['SETTINGS that are empty', settings(), '000000 04 00 00000000'],
  ['the acknowledgement of SETTINGS', settingsAck(), '000000 04 01 00000000'],
  ['HEADERS', headers(1, Buffer.from([0x82])), '000001 01 05 00000001 82'],
  ['HEADERS before DATA', headers(1, Buffer.from([0x82]), { endStream: false }), '000001 01 04 00000001 82'],
  ['HEADERS before CONTINUATION', headers(1, Buffer.from([0x82]), { endHeaders: false }), '000001 01 01 00000001 82'],
  ['CONTINUATION', continuation(1, Buffer.from([0x84])), '000001 09 04 00000001 84'],
  ['DATA', data(3, 'hello'), '000005 00 01 00000003 68656c6c6f'],
  ['RST_STREAM', rstStream(5, 8), '000004 03 00 00000005 00000008'],
  ['PING', ping(Buffer.from('12345678')), '000008 06 00 00000000 3132333435363738'],
  ['WINDOW_UPDATE', windowUpdate(0, 1), '000004 08 00 00000000 00000001'],
  ['GOAWAY', goAway(1, 1), '000008 07 00 00000000 00000001 00000001'],
])('%s has the bytes of RFC 9113', (_name, frame, expected) => {
  expect(hex(frame)).toBe(expected.replaceAll(' ', ''));
});

it('a frame may declare a length other than its real one', () => {
  const frame: Frame = { type: TYPE.ping, flags: 0, stream: 0, payload: Buffer.alloc(2) };
  expect(hex(encodeFrame(frame, 8))).toBe('0000080600000000000000');
});

it('frames are read from chunks of any size', () => {
  const frame = fc.record({
    type: fc.nat(255),
    flags: fc.nat(255),
    stream: fc.nat(2 ** 31 - 1),
    payload: fc.uint8Array({ maxLength: 600 }).map((bytes) => Buffer.from(bytes)),
  });
  fc.assert(
    fc.property(fc.array(frame, { maxLength: 5 }), fc.integer({ min: 1, max: 50 }), (frames, size) => {
      const reader = new FrameReader();
      const wire = Buffer.concat(frames.map((one) => encodeFrame(one)));
      const pieces = Array.from({ length: Math.ceil(wire.length / size) }, (_, index) =>
        wire.subarray(index * size, (index + 1) * size),
      );
      expect(pieces.flatMap((piece) => reader.read(piece))).toEqual(frames);
    }),
  );
});

it('the reserved bit of a stream is not part of it', () => {
  const [frame] = new FrameReader().read(
    encodeFrame({ type: TYPE.data, flags: 0, stream: 0x80000003, payload: Buffer.alloc(0) }),
  );
  expect(frame?.stream).toBe(3);
});

it('fields are read after padding and priority', () => {
  const payload = Buffer.from([2, 0, 0, 0, 0, 16, 0x88, 0, 0]);
  const flags = FLAG.padded | FLAG.priority | FLAG.endHeaders;
  const frame: Frame = { type: TYPE.headers, flags, stream: 1, payload };
  expect(fieldsOf(frame)).toEqual([[':status', '200']]);
  expect([hasFlag(frame, FLAG.endHeaders), hasFlag(frame, FLAG.endStream)]).toEqual([true, false]);
});

it.each([
  [rstStream(1, 1), 'PROTOCOL_ERROR'],
  [goAway(0, 9), 'COMPRESSION_ERROR'],
  [goAway(0, 999), '999'],
])('an error is shown by its name, an unknown one by its number', (bytes, name) => {
  const [frame] = new FrameReader().read(bytes);
  expect(frame === undefined ? undefined : errorOf(frame)).toBe(name);
});
