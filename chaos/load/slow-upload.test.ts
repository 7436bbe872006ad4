import type { Socket } from 'node:net';
import { expect, test } from 'vitest';
import { openTestServer } from './test-server.ts';
import { sendUpload, type Upload } from './slow-upload.ts';
import type { Transfer } from './transfer.ts';

const BODY = '{"email":"a@b"}';
const UPLOAD = {
  path: '/api/login',
  body: BODY,
  headers: { 'X-Test': '1' },
  overMs: 150,
  mostMs: 5_000,
  responseMs: 2_000,
};

/** Sends one upload to a server that handles its connection with `serve`. */
async function sendTo(serve: (socket: Socket) => void, change: Partial<Upload> = {}): Promise<Transfer> {
  await using server = await openTestServer(serve);
  const options = { authority: '', signal: new AbortController().signal };
  return await sendUpload({ target: server.target, ...UPLOAD, ...change }, options);
}

/** Answers once the whole body has arrived. */
function answerWhole(socket: Socket, response: string, seen: string[] = []): void {
  socket.on('data', (chunk: Buffer) => {
    seen.push(chunk.toString('latin1'));
    if (seen.join('').endsWith(BODY)) socket.end(response);
  });
}

test('the body arrives a byte at a time, over the given duration', async () => {
  const chunks: string[] = [];
  const transfer = await sendTo((socket) => {
    answerWhole(socket, 'HTTP/1.1 200 OK\r\nSet-Cookie: a=b\r\nContent-Length: 2\r\n\r\n{}', chunks);
  });
  expect(transfer).toMatchObject({ status: 200, body: Buffer.from('{}') });
  expect(transfer.headers.get('set-cookie')).toBe('a=b');
  expect([transfer.error, transfer.clientProblem]).toEqual([undefined, undefined]);
  expect(transfer.durationMs).toBeGreaterThanOrEqual(150);
  const [head = '', body] = chunks.join('').split('\r\n\r\n');
  expect(head.split('\r\n')).toEqual([
    ...['POST /api/login HTTP/1.1', 'X-Test: 1', 'Host: shop.test', 'Content-Length: 15', 'Connection: close'],
  ]);
  expect(body).toBe(BODY);
  expect(chunks.length).toBeGreaterThan(BODY.length / 2);
});

test('a server that answers before the end of the body ends the upload', async () => {
  const transfer = await sendTo(
    (socket) => {
      socket.end('HTTP/1.1 408 Request Timeout\r\nContent-Length: 0\r\n\r\n');
    },
    { overMs: 60_000 },
  );
  expect(transfer).toMatchObject({ status: 408 });
});

test.each([
  ['a reset during the body', (socket: Socket) => setTimeout(() => socket.resetAndDestroy(), 50)],
  [
    'a truncated response',
    (socket: Socket) => {
      answerWhole(socket, 'HTTP/1.1 200 OK\r\nContent-Length: 20\r\n\r\n{"orderId":');
    },
  ],
  ['no response in time', () => undefined],
])('%s is an error', async (_, serve) => {
  const transfer = await sendTo(
    (socket) => {
      serve(socket);
    },
    { responseMs: 300 },
  );
  expect(transfer).toMatchObject({ status: 0, error: 'the connection ended without a response' });
});

test('a refused connection is an error, and the fallback address is used', async () => {
  const closed = await openTestServer(() => undefined);
  await closed[Symbol.asyncDispose]();
  const options = { authority: '', signal: new AbortController().signal };
  const refused = await sendUpload({ target: closed.target, ...UPLOAD }, options);
  expect(refused).toMatchObject({
    status: 0,
    error: expect.stringMatching(/^no connection: .*ECONNREFUSED/) as string,
  });
  await using open = await openTestServer((socket) => {
    answerWhole(socket, 'HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n');
  });
  const target = { ...closed.target, fallbackUrl: open.target.url };
  expect(await sendUpload({ target, ...UPLOAD }, options)).toMatchObject({ status: 200 });
});

test('an upload whose body took too long on this machine is marked as no evidence', async () => {
  const transfer = await sendTo(
    (socket) => {
      answerWhole(socket, 'HTTP/1.1 408 Request Timeout\r\nContent-Length: 0\r\n\r\n');
    },
    { overMs: 200, mostMs: 150 },
  );
  expect(transfer).toMatchObject({ status: 408, clientProblem: expect.stringContaining('too late') as string });
});

test('an abort ends it at once, with the reason of the signal', async () => {
  const reason = new Error('interrupted');
  const interruption = new AbortController();
  await using server = await openTestServer((socket) => {
    socket.once('data', () => {
      interruption.abort(reason);
    });
  });
  const upload = sendUpload(
    { target: server.target, ...UPLOAD, overMs: 60_000 },
    { authority: '', signal: interruption.signal },
  );
  await expect(upload).rejects.toBe(reason);
});
