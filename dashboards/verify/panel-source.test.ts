import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, it } from 'vitest';
import { openPanelSource } from './panel-source.ts';

let server: Server | undefined;
afterEach(() => server?.close());

/** A source whose Prometheus always sends the same response. */
async function answering(status: number, body: string): Promise<ReturnType<typeof openPanelSource>> {
  const made = createServer((_, response) => response.writeHead(status).end(body));
  server = made;
  await new Promise<void>((resolve) => {
    made.listen(0, '127.0.0.1', resolve);
  });
  return openPanelSource(`http://127.0.0.1:${(made.address() as AddressInfo).port}`, new AbortController().signal);
}

const result = (resultType: string, ...series: readonly object[]) =>
  JSON.stringify({ status: 'success', data: { resultType, result: series.map((one) => ({ metric: {}, ...one })) } });
const error = (errorType: string) => JSON.stringify({ status: 'error', errorType, error: 'why' });

it.each([
  [result('vector', { value: [1, '2'] }), { kind: 'data', samples: 1 }],
  [result('vector'), { kind: 'data', samples: 0 }],
  [error('bad_data'), { kind: 'refused', why: 'why' }],
  [error('timeout'), { kind: 'unreachable', why: expect.stringContaining('why') as unknown }],
])('parses %s', async (body, expected) => {
  expect(await (await answering(200, body)).instant('up')).toMatchObject(expected);
});

it('returns finite samples only', async () => {
  const ends = [
    [1, '2'],
    [2, 'NaN'],
    [3, '+Inf'],
  ];
  const source = await answering(200, result('matrix', { values: ends }, { values: [[1.5, '3']] }));
  expect(await source.range('up')).toMatchObject({
    kind: 'data',
    samples: 2,
    series: [{ points: [[1, 2]] }, { points: [[1.5, 3]] }],
  });
});

it.each([
  [503, 'not ready'],
  [200, '{"status":"strange"}'],
])('is unreachable for the response %i %s', async (status, body) => {
  expect(await (await answering(status, body)).range('up')).toMatchObject({ kind: 'unreachable' });
});

it('is unreachable when Prometheus does not listen', async () => {
  const unreachable = openPanelSource('http://127.0.0.1:1', new AbortController().signal);
  expect(await unreachable.instant('up')).toMatchObject({ kind: 'unreachable' });
  await expect(unreachable.labelValues('up', 'host')).rejects.toThrow();
});
