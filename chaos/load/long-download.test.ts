import type { Socket } from 'node:net';
import { describe, expect, test } from 'vitest';
import {
  data,
  FrameReader,
  goAway,
  headers,
  PREFACE,
  rstStream,
  SETTING,
  settings,
  TYPE,
  type Frame,
} from '../hostile/http2-frames.ts';
import { readDownload, type Download } from './long-download.ts';
import { openTestServer } from './test-server.ts';
import type { Transfer } from './transfer.ts';

const BODY = Buffer.from('0123456789'.repeat(10));
const DOWNLOAD = { path: '/', windowBytes: 20, everyMs: 20, deadlineMs: 5_000 };
const CANCEL = 8;

interface Peer {
  readonly socket: Socket;
  /** Bytes that the client allows now. */
  window: number;
}

/** Calls `serve` with each frame of a client, after its window has been updated. */
function speak(socket: Socket, serve: (frame: Frame, peer: Peer) => void): void {
  const reader = new FrameReader();
  const peer: Peer = { socket, window: 65_535 };
  let rest = PREFACE.length;
  socket.write(settings());
  socket.on('data', (chunk: Buffer) => {
    const frames = reader.read(chunk.subarray(Math.min(rest, chunk.length)));
    rest = Math.max(0, rest - chunk.length);
    for (const frame of frames) {
      if (frame.type === TYPE.windowUpdate && frame.stream === 1) peer.window += frame.payload.readUInt32BE(0);
      for (let at = 0; frame.type === TYPE.settings && at < frame.payload.length; at += 6) {
        if (frame.payload.readUInt16BE(at) === SETTING.initialWindowSize)
          peer.window = frame.payload.readUInt32BE(at + 2);
      }
      serve(frame, peer);
    }
  });
}

/** A server that sends {@link BODY} as fast as the client allows. `at`: called with the number of sent bytes; true: nothing more is sent. */
function serveBody(length = BODY.length, at: (sent: number, socket: Socket) => boolean = () => false) {
  return (socket: Socket): void => {
    let sent = -1;
    speak(socket, (frame, peer) => {
      if (frame.type === TYPE.headers) {
        sent = 0;
        socket.write(
          headers(
            1,
            [
              [':status', '200'],
              ['content-length', String(length)],
            ],
            { endStream: false },
          ),
        );
      }
      while (sent >= 0 && sent < BODY.length && peer.window > 0) {
        if (at(sent, socket)) {
          sent = -1;
          return;
        }
        const part = BODY.subarray(sent, sent + peer.window);
        sent += part.length;
        peer.window -= part.length;
        socket.write(data(1, part, { endStream: sent === BODY.length }));
      }
    });
  };
}

async function read(serve: (socket: Socket) => void, change: Partial<Download> = {}): Promise<Transfer> {
  await using server = await openTestServer(serve);
  const options = { authority: '', signal: new AbortController().signal };
  return await readDownload({ target: server.target, ...DOWNLOAD, ...change }, options);
}

test('a download takes as long as its window requires, and arrives whole', async () => {
  const transfer = await read(serveBody());
  expect(transfer).toMatchObject({ status: 200, body: BODY });
  expect(transfer.error).toBeUndefined();
  // 20 bytes at once, and again after each of four intervals.
  expect(transfer.durationMs).toBeGreaterThanOrEqual(4 * DOWNLOAD.everyMs - 10);
});

test('a server that shuts down in an orderly way completes the download', async () => {
  const serve = serveBody(BODY.length, (sent, socket) => {
    if (sent === 40) socket.write(goAway(1, 0));
    return false;
  });
  const transfer = await read(serve);
  expect(transfer).toMatchObject({ status: 200, body: BODY });
  expect(transfer.error).toBeUndefined();
});

describe('an incomplete download is an error:', () => {
  test.each([
    ['a reset connection', (socket: Socket) => socket.resetAndDestroy(), 'truncated: 40 of 100 bytes'],
    ['a closed connection', (socket: Socket) => socket.end(), 'truncated: 40 of 100 bytes'],
    [
      'a reset stream',
      (socket: Socket) => socket.write(rstStream(1, CANCEL)),
      'the stream was reset: CANCEL, after 40 of 100 bytes',
    ],
    ['an end before the declared length', (socket: Socket) => socket.write(data(1, '')), 'truncated: 40 of 100 bytes'],
    ['silence', () => undefined, 'not complete within 400 ms: 40 of 100 bytes'],
  ])('%s', async (_, end, error) => {
    const serve = serveBody(BODY.length, (sent, socket) => {
      if (sent === 40) end(socket);
      return sent === 40;
    });
    const transfer = await read(serve, { deadlineMs: 400 });
    expect(transfer).toMatchObject({ status: 200, error, body: BODY.subarray(0, 40) });
  });

  test.each([
    ['a connection that ends at once', (socket: Socket) => socket.end(), 'the connection ended without a response'],
    ['a silent server', () => undefined, 'no response in time'],
    [
      'a server that did not process it',
      (socket: Socket) => socket.write(goAway(0, 0)),
      'the request was not processed: NO_ERROR, after 0 of an unknown number of bytes',
    ],
  ])('%s', async (_, end, error) => {
    const serve = (socket: Socket): void => {
      speak(socket, (frame) => {
        if (frame.type === TYPE.headers) end(socket);
      });
    };
    expect(await read(serve, { deadlineMs: 400 })).toMatchObject({ status: 0, error });
  });
});

test('an error response is no error of the transfer, but keeps its status', async () => {
  const transfer = await read((socket) => {
    speak(socket, (frame) => {
      if (frame.type === TYPE.headers) socket.write(headers(1, [[':status', '503']]));
    });
  });
  expect(transfer).toMatchObject({ status: 503 });
  expect(transfer.error).toBeUndefined();
});

test('an abort ends it at once, with the reason of the signal', async () => {
  const reason = new Error('interrupted');
  const interruption = new AbortController();
  const serve = serveBody(BODY.length, (sent) => {
    if (sent === 40) interruption.abort(reason);
    return sent === 40;
  });
  await using server = await openTestServer(serve);
  const options = { authority: '', signal: interruption.signal };
  await expect(readDownload({ target: server.target, ...DOWNLOAD }, options)).rejects.toBe(reason);
});
