import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { openPrometheus, type Prometheus } from './prometheus.ts';

let server: Server | undefined;
afterEach(() => server?.closeAllConnections());
afterEach(() => server?.close());

/** Starts a Prometheus with a fixed response; records its requests. */
async function startPrometheus(status: number, body: string): Promise<{ prometheus: Prometheus; requests: string[] }> {
  const requests: string[] = [];
  const made = createServer((request, response) => {
    let sent = '';
    request.on('data', (chunk: Buffer) => (sent += chunk.toString()));
    request.on('end', () => {
      requests.push(`${request.method ?? ''} ${request.url ?? ''} ${decodeURIComponent(sent)}`.trim());
      // Status 0: never respond.
      if (status > 0) response.writeHead(status).end(body);
    });
  });
  server = made;
  await new Promise<void>((resolve) => {
    made.listen(0, '127.0.0.1', resolve);
  });
  const url = `http://127.0.0.1:${(made.address() as AddressInfo).port}`;
  return { prometheus: openPrometheus(url, { deadlineMs: 500 }), requests };
}

const success = (data: unknown) => JSON.stringify({ status: 'success', data });

describe('the Prometheus client', () => {
  it('queries current samples', async () => {
    const result = [
      { metric: { host: 'app1' }, value: [1.25, '2'] },
      { metric: {}, value: [1.25, '+Inf'] },
    ];
    const { prometheus, requests } = await startPrometheus(200, success({ resultType: 'vector', result }));
    expect(await prometheus.query('up{host="app1"}')).toEqual([
      { labels: { host: 'app1' }, samples: [[1250, 2]] },
      { labels: {}, samples: [[1250, Number.POSITIVE_INFINITY]] },
    ]);
    expect(requests).toEqual(['POST /api/v1/query query=up{host="app1"}']);
  });

  it('queries samples of a time range', async () => {
    const values = [
      [1, '2'],
      [2, 'NaN'],
    ];
    const { prometheus, requests } = await startPrometheus(
      200,
      success({ resultType: 'matrix', result: [{ metric: {}, values }] }),
    );
    expect(await prometheus.queryRange('up', { startMs: 1_000, endMs: 2_500, stepMs: 500 })).toEqual([
      {
        labels: {},
        samples: [
          [1_000, 2],
          [2_000, Number.NaN],
        ],
      },
    ]);
    expect(requests).toEqual(['POST /api/v1/query_range query=up&start=1&end=2.5&step=0.5']);
  });

  it('returns the start time', async () => {
    const { prometheus, requests } = await startPrometheus(
      200,
      success({ startTime: '2026-01-01T00:00:00.5Z', GOGC: '200' }),
    );
    expect(await prometheus.startedAtMs()).toBe(Date.UTC(2026, 0, 1) + 500);
    expect(requests).toEqual(['GET /api/v1/status/runtimeinfo']);
  });

  it('returns alerts with the time since when they are active', async () => {
    const alerts = [{ labels: { alertname: 'A' }, state: 'firing', activeAt: '2026-01-01T00:00:00.5Z', value: '1' }];
    const { prometheus } = await startPrometheus(200, success({ alerts }));
    expect(await prometheus.alerts()).toMatchObject([
      { labels: { alertname: 'A' }, state: 'firing', activeAtMs: Date.UTC(2026, 0, 1) + 500 },
    ]);
  });

  it('returns alert rules with their evaluation and active alerts', async () => {
    const rule = { name: 'A', health: 'ok', lastEvaluation: '2026-01-01T00:00:00.5Z', type: 'alerting' };
    const never = { ...rule, name: 'B', health: 'unknown', lastEvaluation: '0001-01-01T00:00:00Z', alerts: [] };
    const alert = { labels: { alertname: 'A', host: 'app1' }, state: 'firing' };
    const sent = { ...alert, activeAt: '2026-01-01T00:00:00.5Z', value: '1' };
    const groups = [{ name: 'g', interval: 2, rules: [{ ...rule, alerts: [sent] }, never] }];
    const { prometheus, requests } = await startPrometheus(200, success({ groups }));
    expect(await prometheus.alertRules(['A', 'B'])).toEqual([
      {
        ...{ name: 'A', isHealthy: true, intervalMs: 2_000, evaluatedAtMs: Date.UTC(2026, 0, 1) + 500 },
        active: [{ ...alert, activeAtMs: Date.UTC(2026, 0, 1) + 500 }],
      },
      { name: 'B', isHealthy: false, intervalMs: 2_000, evaluatedAtMs: 0, active: [] },
    ]);
    expect(requests).toEqual(['GET /api/v1/rules?type=alert&rule_name%5B%5D=A&rule_name%5B%5D=B']);
  });

  it('returns the exemplars of all series in one list', async () => {
    const series = [{ exemplars: [{ labels: { trace_id: 'a' }, value: '0.5', timestamp: 1 }] }, { exemplars: [] }];
    const { prometheus } = await startPrometheus(200, success(series));
    expect(await prometheus.exemplars('x', { startMs: 0, endMs: 1 })).toEqual([
      { labels: { trace_id: 'a' }, value: 0.5 },
    ]);
  });

  it.each([
    { error: 'a wrong query', status: 400, errorType: 'bad_data', code: 'query-refused' },
    { error: 'a query that takes too long', status: 503, errorType: 'timeout', code: 'http' },
  ])('throws $code for $error', async ({ status, errorType, code }) => {
    const { prometheus } = await startPrometheus(status, JSON.stringify({ status: 'error', errorType, error: 'why' }));
    await expect(prometheus.query('up')).rejects.toMatchObject({ code });
    await expect(prometheus.query('up')).rejects.toThrow('why');
  });

  it.each([
    { does: 'is not ready', status: 503, body: 'Service Unavailable', why: 'status 503: Service Unavailable' },
    { does: 'does not return JSON', status: 200, body: '<html>', why: '<html>' },
    { does: 'returns another type', status: 200, body: success({ resultType: 'matrix', result: [] }), why: 'vector' },
    { does: 'never responds', status: 0, body: '', why: 'timeout' },
  ])('throws http if Prometheus $does', async ({ status, body, why }) => {
    const { prometheus } = await startPrometheus(status, body);
    await expect(prometheus.query('up')).rejects.toMatchObject({ code: 'http' });
    await expect(prometheus.query('up')).rejects.toThrow(why);
  });

  it('throws the reason of an aborted signal', async () => {
    const stop = new AbortController();
    stop.abort(new Error('enough'));
    await expect(openPrometheus('http://127.0.0.1:1', { signal: stop.signal }).alerts()).rejects.toThrow('enough');
  });
});
