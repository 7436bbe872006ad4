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

/** Starts a peer with the given handler; counts its requests. */
async function startPeer(answer: RequestListener) {
  const requests = { count: 0 };
  const server = createServer((request, response) => {
    requests.count += 1;
    answer(request, response);
  }).listen(0, '127.0.0.1');
  stack.defer(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const peer: Peer = { host: 'mon1', url: `http://127.0.0.1:${port}` };
  return { peer, requests };
}

const NOW = 1_000_000;
const notification = { key: 'K', status: 'resolved', sinceMs: 900_000, agoMs: 5_000 };

it('keeps the last response of a peer that no longer responds, with times on this clock', async () => {
  let isUp = true;
  const { peer, requests } = await startPeer((_request, response) => {
    if (isUp) response.end(JSON.stringify([notification]));
    else response.destroy();
  });
  const memory = stack.use(openPeerMemory({ peers: [peer], now: () => NOW }));
  await waitFor(() => Promise.resolve(memory.find('K', ['mon1']) !== undefined), {
    what: 'the notification of the peer',
    deadlineMs: 10_000,
  });
  isUp = false;
  const before = requests.count;
  await waitFor(() => Promise.resolve(requests.count > before + 1), { what: 'two requests', deadlineMs: 15_000 });
  expect(memory.find('K', ['mon1'])).toEqual({ status: 'resolved', sinceMs: 900_000, atMs: NOW - 5_000 });
  expect(memory.find('K', [])).toBeUndefined();
  expect(memory.find('L', ['mon1'])).toBeUndefined();
});

it.each([
  { what: 'too many bytes', answer: () => JSON.stringify([{ ...notification, key: 'K'.repeat(2_000_000) }]) },
  { what: 'invalid JSON', answer: () => '[' },
  { what: 'a notification from the future', answer: () => JSON.stringify([{ ...notification, agoMs: -1 }]) },
])('ignores a peer that returns $what', async ({ answer }) => {
  const { peer, requests } = await startPeer((_request, response) => response.end(answer()));
  const memory = stack.use(openPeerMemory({ peers: [peer], now: () => NOW }));
  await waitFor(() => Promise.resolve(requests.count > 1), { what: 'two requests', deadlineMs: 15_000 });
  expect(memory.find('K', ['mon1'])).toBeUndefined();
});
