import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { expect, it, onTestFinished, vi } from 'vitest';
import { openLogbookSender } from './logbook-sender.ts';

const LOOPBACK = '127.0.0.1';

it('sends the lines of a trace and no others', async () => {
  const received: string[] = [];
  const socket = createSocket('udp4').on('message', (datagram) => received.push(datagram.toString()));
  onTestFinished(() => {
    socket.close();
  });
  socket.bind(0, LOOPBACK);
  await once(socket, 'listening');
  const send = openLogbookSender({ host: LOOPBACK, port: socket.address().port });
  const lines = ['{"msg":"ready"}\n', '{"trace_id":"a","msg":"one"}\n', '{"trace_id":"b","msg":"two"}\n'];
  for (const line of lines) send(line);
  await vi.waitFor(() => {
    expect(received).toEqual(lines.slice(1));
  });
});

it.each([
  ['nobody listens', LOOPBACK, 'x'],
  ['the line is longer than a datagram', LOOPBACK, 'x'.repeat(100_000)],
  ['there is no such host', '0.0.0.256', 'x'],
])('is silent when %s', async (_what, host, text) => {
  const send = openLogbookSender({ host, port: 9 });
  for (let count = 0; count < 100; count += 1) {
    expect(() => {
      send(`{"trace_id":"${text}"}`);
    }).not.toThrow();
    if (count % 10 === 0) await new Promise(setImmediate);
  }
});
