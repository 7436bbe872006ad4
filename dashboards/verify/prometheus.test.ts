import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, it } from 'vitest';
import { openPrometheus } from './prometheus.ts';

let server: Server | undefined;
afterEach(() => server?.close());

/** A Prometheus that gives one answer. */
async function answering(status: number, body: string): Promise<ReturnType<typeof openPrometheus>> {
  const made = createServer((_, response) => response.writeHead(status).end(body));
  server = made;
  await new Promise<void>((resolve) => {
    made.listen(0, '127.0.0.1', resolve);
  });
  return openPrometheus(`http://127.0.0.1:${(made.address() as AddressInfo).port}`, new AbortController().signal);
}

const result = (...series: readonly object[]) => JSON.stringify({ status: 'success', data: { result: series } });
const error = (errorType: string) => JSON.stringify({ status: 'error', errorType, error: 'why' });

it.each([
  [result({ value: [1, '2'] }), { kind: 'data', samples: 1 }],
  [
    result(
      {
        values: [
          [1, '2'],
          [2, 'NaN'],
        ],
      },
      { values: [[1, '+Inf']] },
    ),
    { kind: 'data', samples: 1 },
  ],
  [result(), { kind: 'data', samples: 0 }],
  [error('bad_data'), { kind: 'refused', why: 'why' }],
  [error('timeout'), { kind: 'unreachable', why: 'why' }],
])('understands %s', async (body, expected) => {
  expect(await (await answering(200, body)).now('up')).toMatchObject(expected);
});

it.each([
  [503, 'not ready'],
  [200, '{"status":"strange"}'],
])('cannot ask one that answers %i %s', async (status, body) => {
  expect(await (await answering(status, body)).course('up')).toMatchObject({ kind: 'unreachable' });
});

it('cannot ask one that is not there', async () => {
  const gone = openPrometheus('http://127.0.0.1:1', new AbortController().signal);
  expect(await gone.now('up')).toMatchObject({ kind: 'unreachable' });
  await expect(gone.labelValues('up', 'host')).rejects.toThrow();
});
