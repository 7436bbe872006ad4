import { createServer, type RequestListener } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { waitFor } from '../../kit/deadline.ts';
import { openPeerMemory } from './peer-memory.ts';
import type { Peer } from './peers.ts';

let stack = new AsyncDisposableStack();
beforeEach(() => {
  stack = new AsyncDisposableStack();
});
afterEach(() => stack.disposeAsync());

/** A peer that answers as it is said; counts how often it is asked. */
async function startPeer(answer: RequestListener) {
  const asked = { times: 0 };
  const server = createServer((request, response) => {
    asked.times += 1;
    answer(request, response);
  }).listen(0, '127.0.0.1');
  stack.defer(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const peer: Peer = { host: 'mon1', url: `http://127.0.0.1:${port}` };
  return { peer, asked };
}

const NOW = 1_000_000;
const word = { key: 'K', status: 'resolved', sinceMs: 900_000, agoMs: 5_000 };

it('remembers what a peer said when it does not answer any more, on this clock', async () => {
  let isThere = true;
  const { peer, asked } = await startPeer((_request, response) => {
    if (isThere) response.end(JSON.stringify([word]));
    else response.destroy();
  });
  const memory = stack.use(openPeerMemory({ peers: [peer], now: () => NOW }));
  await waitFor(() => Promise.resolve(memory.find('K', ['mon1']) !== undefined), { what: 'it', deadlineMs: 10_000 });
  isThere = false;
  const before = asked.times;
  await waitFor(() => Promise.resolve(asked.times > before + 1), { what: 'two questions', deadlineMs: 15_000 });
  expect(memory.find('K', ['mon1'])).toEqual({ status: 'resolved', sinceMs: 900_000, atMs: NOW - 5_000 });
  expect(memory.find('K', [])).toBeUndefined();
  expect(memory.find('L', ['mon1'])).toBeUndefined();
});

it.each([
  { what: 'too much', answer: () => JSON.stringify([{ ...word, key: 'K'.repeat(2_000_000) }]) },
  { what: 'no JSON', answer: () => '[' },
  { what: 'a word of the future', answer: () => JSON.stringify([{ ...word, agoMs: -1 }]) },
])('is not filled by a peer that answers $what', async ({ answer }) => {
  const { peer, asked } = await startPeer((_request, response) => response.end(answer()));
  const memory = stack.use(openPeerMemory({ peers: [peer], now: () => NOW }));
  await waitFor(() => Promise.resolve(asked.times > 1), { what: 'two questions', deadlineMs: 15_000 });
  expect(memory.find('K', ['mon1'])).toBeUndefined();
});
