import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { expect, it, onTestFinished, vi } from 'vitest';
import { openTraceLogSender } from './trace-log-sender.ts';

const LOOPBACK = '127.0.0.1';

it('sends only lines with a trace ID', async () => {
  const received: string[] = [];
  const socket = createSocket('udp4').on('message', (datagram) => received.push(datagram.toString()));
  onTestFinished(() => {
    socket.close();
  });
  socket.bind(0, LOOPBACK);
  await once(socket, 'listening');
  const send = openTraceLogSender({ host: LOOPBACK, port: socket.address().port });
  const lines = ['{"msg":"ready"}\n', '{"trace_id":"a","msg":"one"}\n', '{"trace_id":"b","msg":"two"}\n'];
  for (const line of lines) send(line);
  await vi.waitFor(() => {
    expect(received).toEqual(lines.slice(1));
  });
});

it.each([
  ['no program listens', LOOPBACK, 'x'],
  ['the line is longer than a datagram', LOOPBACK, 'x'.repeat(100_000)],
  ['the host does not exist', '0.0.0.256', 'x'],
])('does not throw when %s', async (_what, host, text) => {
  const send = openTraceLogSender({ host, port: 9 });
  for (let count = 0; count < 100; count += 1) {
    expect(() => {
      send(`{"trace_id":"${text}"}`);
    }).not.toThrow();
    if (count % 10 === 0) await new Promise(setImmediate);
  }
});
