import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { openIntake } from './receiver.ts';

const LOOPBACK = '127.0.0.1';
let sender: Socket;
let taken: string[] = [];
const books = new Map([[LOOPBACK, { take: (text: string) => taken.push(text), emit: () => undefined }]]);

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

it('takes what servers send, whatever bytes these are, and nothing from others', async () => {
  await using intake = await openIntake({ address: LOOPBACK, port: 0, books });
  await using other = await openIntake({ address: LOOPBACK, port: 0, books: new Map() });
  await send(intake.port, Buffer.from([0, 255, 10, 195, 40]));
  await send(intake.port, '');
  await send(other.port, 'from nobody');
  await vi.waitFor(() => {
    expect([intake.received(), other.received()]).toEqual([2, 1]);
  });
  expect(taken.map((text) => text.length)).toEqual([5, 0]);
  expect([intake.foreign(), other.foreign()]).toEqual([0, 1]);
  expect(intake.dropped()).toBe(0);
});

it('a restart takes no line twice, and the servers do not notice it', async () => {
  const first = await openIntake({ address: LOOPBACK, port: 0, books });
  const { port } = first;
  await send(port, 'before');
  await vi.waitFor(() => {
    expect(taken).toEqual(['before']);
  });
  await first[Symbol.asyncDispose]();
  await send(port, 'meanwhile');
  await using _second = await openIntake({ address: LOOPBACK, port, books });
  await send(port, 'after');
  await vi.waitFor(() => {
    expect(taken).toContain('after');
  });
  expect(taken).toEqual(['before', 'after']);
});
