import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { TRACE_LOG_LINE_BYTES } from '../../deploy/model/access-log.ts';
import { renderTrace } from '../../deploy/tiers/trace/render.ts';
import { hostsOf, makeTopology, type Host } from '../../deploy/model/topology.ts';
import { TRACE_LOGS } from '../../exporters/catalog/trace-logs.ts';
import { parseTraceLogsConfig, type TraceLogsConfig } from './config.ts';
import { isLineSampled } from './is-line-sampled.ts';
import { openTraceLogs } from './trace-logs.ts';
import { renderTracePage, renderUnknownPage } from './page.ts';
import { parseFields } from './parse-fields.ts';
import type { LogLine } from './store.ts';

const ID = '0123456789abcdef0123456789abcdef';
const LOOPBACK = '127.0.0.1';
const CONFIG: TraceLogsConfig = {
  host: 'trace1',
  linesPort: 0,
  pagePort: 0,
  senders: [{ address: LOOPBACK, host: 'web1', service: 'Nginx' }],
  tracesUrl: 'http://127.0.0.1:9411',
  keep: { slowMs: 300, sampleRatio: 0 },
  room: { retainedBytes: 100_000, transientBytes: 100_000, linesPerTrace: 10 },
  lineBytes: 500,
};
const quiet = (): void => undefined;

async function send(port: number, ...lines: readonly string[]): Promise<void> {
  const socket = createSocket('udp4');
  for (const line of lines) {
    await new Promise((resolve) => {
      socket.send(line, port, LOOPBACK, resolve);
    });
  }
  socket.close();
  await once(socket, 'close');
}

describe('the trace log store', () => {
  it('shows the lines of a trace as page and in the API', async () => {
    await using traceLogs = await openTraceLogs(CONFIG, quiet);
    const url = `http://${LOOPBACK}:${traceLogs.pagePort}`;
    await send(
      traceLogs.linesPort,
      `<190>Nov 26 08:26:52 nginx: {"host":"web1","request":"GET /cart HTTP/1.1","status":"503","upstream":{"status":"502"},"trace_id":"${ID}"}`,
      '{"trace_id":"-"}',
      `{"level":"error","trace_id":"${ID}","msg":"${'m'.repeat(600)}"}`,
    );
    await vi.waitFor(async () => {
      expect(await (await fetch(`${url}/metrics`)).text()).toContain('holdfast_trace_logs_lines_total{result="cut"} 1');
    });
    const body: unknown = await (await fetch(`${url}/api/logs/${ID}`)).json();
    expect(body).toMatchObject([
      { host: 'web1', service: 'Nginx', isCut: false, fields: { status: '503', 'upstream.status': '502' } },
      { isCut: true, fields: { level: 'error', trace_id: ID } },
    ]);
    const page = await fetch(`${url}/logs/${ID}`);
    expect(page.headers.get('content-security-policy')).toBe(
      "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'",
    );
    const text = await page.text();
    expect(text).toContain('GET /cart HTTP/1.1');
    expect(text).toContain(`href="http://127.0.0.1:9411/zipkin/traces/${ID}"`);

    const metrics = await (await fetch(`${url}/metrics`)).text();
    expect(metrics).toContain('holdfast_trace_logs_lines_total{result="kept"} 1');
    expect(metrics).toContain('holdfast_trace_logs_lines_total{result="without_trace"} 1');
    expect(metrics).toContain('holdfast_trace_logs_kept_lines{buffer="retained"} 2');
    const names = [...metrics.matchAll(/^# TYPE (\S+)/gm)].map(([, name]) => name);
    expect(names.toSorted()).toEqual(Object.keys(TRACE_LOGS).toSorted());
  });

  it('stores the longest line of HAProxy as truncated, with its fields, in the buffer for sampled traces', async () => {
    await using traceLogs = await openTraceLogs({ ...CONFIG, lineBytes: TRACE_LOG_LINE_BYTES }, quiet);
    const url = `http://${LOOPBACK}:${traceLogs.pagePort}`;
    const id = 'f'.repeat(32);
    const line = `{"line":"H1|7|1","status":503,"ms":{"all":12},"trace_id":"${id}","request":"GET \\/","id":"${'\\"'.repeat(4_096)}"}`;
    // HAProxy truncates so that the end of the line fits within its limit.
    await send(traceLogs.linesPort, `${line.slice(0, TRACE_LOG_LINE_BYTES)}\n`);
    const body = await vi.waitFor(async () => {
      const response = await fetch(`${url}/api/logs/${id}`);
      expect(response.status).toBe(200);
      return await response.json();
    });
    const fields = { status: '503', 'ms.all': '12', trace_id: id, request: 'GET /' };
    expect(body).toMatchObject([{ isCut: true, fields }]);
    const metrics = await (await fetch(`${url}/metrics`)).text();
    expect(metrics).toContain('holdfast_trace_logs_kept_lines{buffer="retained"} 1');
    expect(metrics).toContain('holdfast_trace_logs_lines_total{result="cut"} 1');
  });

  it('rejects lines from unknown hosts', async () => {
    await using traceLogs = await openTraceLogs({ ...CONFIG, senders: [] }, quiet);
    const url = `http://${LOOPBACK}:${traceLogs.pagePort}`;
    await send(traceLogs.linesPort, `{"trace_id":"${ID}"}`);
    await vi.waitFor(async () => {
      expect(await (await fetch(`${url}/metrics`)).text()).toContain('result="unknown_source"} 1');
    });
    expect((await fetch(`${url}/logs/${ID}`)).status).toBe(404);
  });

  it.each([
    ['/', 200, 'Trace logs'],
    ['/healthz', 200, '{"lines":0}'],
    [`/logs/${ID}`, 404, 'No log lines of this request'],
    [`/api/logs/${ID}`, 404, '{"error"'],
    ['/logs/short', 404, 'not found'],
    [`/logs/${ID}%22%3E%3Cscript%3E`, 404, 'not found'],
    [`/logs/${ID.toUpperCase()}`, 404, 'not found'],
  ])('responds to %s with %i', async (path, status, text) => {
    await using traceLogs = await openTraceLogs(CONFIG, quiet);
    const response = await fetch(`http://${LOOPBACK}:${traceLogs.pagePort}${path}`);
    expect(response.status).toBe(status);
    expect(await response.text()).toContain(text);
  });

  it('reads the rendered configuration, with each host that sends lines', () => {
    const folder = mkdtempSync(join(tmpdir(), 'holdfast-trace-logs-'));
    onTestFinished(() => {
      rmSync(folder, { recursive: true });
    });
    const topology = makeTopology();
    const [trace] = hostsOf(topology, 'trace') as [Host];
    const text = renderTrace(topology, trace).find(({ path }) => path === 'trace-logs.json')?.text ?? '';
    const file = join(folder, 'trace-logs.json');
    writeFileSync(file, text);
    const config = parseTraceLogsConfig(file);
    expect(config.senders).toContainEqual({ address: '198.18.3.31', host: 'web1', service: 'Nginx' });
    expect(config.senders).toHaveLength(2 + 2 + 8);
  });
});

describe('a page', () => {
  const context = {
    tracesUrl: 'http://127.0.0.1:9411',
    startedAtMs: 0,
    use: () => ({ lines: 0, bytes: 0, oldestAtMs: undefined }),
    droppedOf: () => 0,
  };
  const line = (text: string): LogLine => ({ atMs: 1_000, host: 'web1', service: 'Nginx', text, isCut: false });
  const EVIL = `"'></dd></section><script>alert(1)</script><img src=x onerror=alert(2)>\u202e\u0000`;

  it.each([
    ['a value', JSON.stringify({ request: EVIL })],
    ['the name of a field', JSON.stringify({ [EVIL]: { [EVIL]: EVIL } })],
    ['a line that is not JSON', EVIL],
    ['a list', JSON.stringify({ list: [EVIL] })],
  ])('escapes client input in %s', (_where, text) => {
    const page = renderTracePage(ID, [line(text)], context);
    expect(page).not.toMatch(/<script|<img|onerror=alert\(2\)>/);
    expect(page).toContain('&lt;script&gt;');
    expect(page).not.toContain('\u0000');
    expect(page.match(/<\/section>/g)).toHaveLength(1);
  });

  it('shows the number of lines that were dropped because of the limit per trace', () => {
    expect(renderTracePage(ID, [line('{}')], { ...context, droppedOf: () => 7 })).toContain('7 more lines arrived');
    expect(renderTracePage(ID, [line('{}')], context)).not.toContain('more came');
  });

  it('links to the trace only if a Zipkin is configured', () => {
    expect(renderUnknownPage(ID, { ...context, tracesUrl: undefined })).not.toContain('href');
    expect(renderUnknownPage(ID, context)).toContain(`/zipkin/traces/${ID}`);
  });
});

it('a nested field is named by its path', () => {
  expect(parseFields('{"a":1,"b":{"c":"x","d":{"e":null}},"f":[1,"y"],"__proto__":"z"}')).toEqual(
    Object.fromEntries([
      ['a', '1'],
      ['b.c', 'x'],
      ['b.d.e', 'null'],
      ['f', '[1,"y"]'],
      ['__proto__', 'z'],
    ]),
  );
  for (const text of ['', '"text"', '7', 'null']) expect(parseFields(text)).toEqual({});
});

it('a truncated line has the fields before the cut and the beginning of the last one, for every position of the cut', () => {
  const whole = { status: 503, ms: { all: 7 }, request: 'GET /"\u0001ä,"x', err: { type: 'E', stack: 'a\\\nb' } };
  const text = JSON.stringify(whole).replaceAll('/', String.raw`\/`);
  for (let cut = text.indexOf('"request"') + 1; cut < text.length; cut += 1) {
    const { status, request = '', 'err.stack': stack = '', ...others } = parseFields(text.slice(0, cut));
    expect(status, text.slice(0, cut)).toBe('503');
    expect(others['ms.all'], text.slice(0, cut)).toBe('7');
    expect(whole.request.startsWith(request)).toBe(true);
    expect(whole.err.stack.startsWith(stack)).toBe(true);
  }
  const within = text.slice(0, text.indexOf('x'));
  expect(parseFields(within)['request']).toBe('GET /"\u0001ä,"');
});

it.each([
  ['of a failed request', '{"status":503}', true],
  ['of Nginx for a failed request', '{"status":"502","seconds":"0.001"}', true],
  ['of HAProxy for a slow request', '{"status":200,"ms":{"all":301}}', true],
  ['of Nginx for a slow request', '{"status":"200","seconds":"0.400"}', true],
  ['of the application', '{"level":"warn","msg":"x"}', true],
  ['of any other request', '{"status":200,"ms":{"all":12}}', false],
  ['of a request that the client aborted', '{"status":-1,"ms":{"all":-1}}', false],
  ['of a failed request, truncated', '{"status":503,"reque', true],
  ['of the application, truncated in a stack trace', '{"level":"error","err":{"type":"E","stack":"at', true],
  ['of any other request, truncated', '{"status":200,"ms":{"all":12},"request":"GET \\\\/', false],
  ['without JSON', 'status 503', false],
])('a line %s (%s) belongs to a sampled trace: %s', (_what, text, isSampled) => {
  expect(isLineSampled({ traceId: 'f'.repeat(32), text, isCut: false }, { slowMs: 300, sampleRatio: 0.02 })).toBe(
    isSampled,
  );
  expect(isLineSampled({ traceId: '0'.repeat(32), text, isCut: false }, { slowMs: 300, sampleRatio: 0.02 })).toBe(true);
});
