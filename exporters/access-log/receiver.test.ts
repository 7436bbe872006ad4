import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { openReceiver } from './receiver.ts';

const LOOPBACK = '127.0.0.1';
let sender: Socket;
let taken: string[] = [];
const aggregators = new Map([[LOOPBACK, { take: (text: string) => taken.push(text), emit: () => undefined }]]);

beforeEach(() => {
  taken = [];
  sender = createSocket('udp4');
});
afterEach(async () => {
  sender.close();
  await once(sender, 'close');
});

function send(port: number, data: string | Buffer): Promise<void> {
  return new Promise((resolve, reject) => {
    sender.send(data, port, LOOPBACK, (error) => {
      if (error === null) resolve();
      else reject(error);
    });
  });
}

it('passes on datagrams of known servers with any bytes, and counts those of other senders', async () => {
  await using receiver = await openReceiver({ address: LOOPBACK, port: 0, aggregators });
  await using other = await openReceiver({ address: LOOPBACK, port: 0, aggregators: new Map() });
  await send(receiver.port, Buffer.from([0, 255, 10, 195, 40]));
  await send(receiver.port, '');
  await send(other.port, 'from an unknown sender');
  await vi.waitFor(() => {
    expect([receiver.received(), other.received()]).toEqual([2, 1]);
  });
  expect(taken.map((text) => text.length)).toEqual([5, 0]);
  expect([receiver.unknownSource(), other.unknownSource()]).toEqual([0, 1]);
  expect(receiver.dropped()).toBe(0);
});

it('a restart counts no line twice and does not affect the senders', async () => {
  const first = await openReceiver({ address: LOOPBACK, port: 0, aggregators });
  const { port } = first;
  await send(port, 'before');
  await vi.waitFor(() => {
    expect(taken).toEqual(['before']);
  });
  await first[Symbol.asyncDispose]();
  await send(port, 'meanwhile');
  await using _second = await openReceiver({ address: LOOPBACK, port, aggregators });
  await send(port, 'after');
  await vi.waitFor(() => {
    expect(taken).toContain('after');
  });
  expect(taken).toEqual(['before', 'after']);
});
