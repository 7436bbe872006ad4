import { createServer as createHttp, Server as HttpServer, type RequestListener } from 'node:http';
import { once } from 'node:events';
import { createServer as createTcp, type AddressInfo, type Server } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import type { Hop } from '../../deploy/model/hops.ts';
import { probeHop, type ProbeLimit, type ProbeResult } from './probe-hop.ts';

const open: (() => void)[] = [];
afterEach(() => {
  for (const close of open.splice(0)) close();
});

async function listen(server: Server): Promise<number> {
  open.push(() => {
    if (server instanceof HttpServer) server.closeAllConnections();
    server.close();
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  return (server.address() as AddressInfo).port;
}

const within = (deadlineMs: number) => ({ deadlineMs, signal: AbortSignal.timeout(deadlineMs) });

async function probe(port: number, limit: ProbeLimit = within(2_000)): Promise<ProbeResult> {
  const hop: Hop = { name: 'web1', tier: 'web', ask: { kind: 'http', url: `http://127.0.0.1:${port}/` } };
  return probeHop(hop, { login: { user: 'monitor', password: '', authority: '' }, ...limit });
}

const answering = (listener: RequestListener): Promise<number> => listen(createHttp(listener));
const valueOf = ({ samples }: ProbeResult, wanted: string): number | undefined =>
  samples.find(({ name }) => name === wanted)?.value;

describe('a probe of a hop', () => {
  it('succeeds with a complete page, is marked as synthetic, and has its own trace', async () => {
    const received: (string | readonly string[] | undefined)[] = [];
    const port = await answering(({ headers }, response) => {
      received.push(headers['traceparent'], headers['x-holdfast-synthetic']);
      response.end('<html></html>');
    });
    const result = await probe(port);
    expect(result.failure).toBeUndefined();
    expect(valueOf(result, 'probe_success')).toBe(1);
    expect(valueOf(result, 'probe_http_status_code')).toBe(200);
    expect(received[0]).toMatch(/^00-[0-9a-f]{32}-[0-9a-f]{16}-00$/);
    expect(received[1]).toBe('1');
    const phases = result.samples.filter(({ name }) => name === 'probe_http_duration_seconds');
    expect(phases.map(({ labels }) => labels?.['phase'])).toEqual(['connect', 'tls', 'processing', 'transfer']);
    for (const { value } of phases) expect(value).toBeGreaterThanOrEqual(0);
  });

  it.each<readonly [string, RequestListener]>([
    ['an error', (_, response) => response.writeHead(503).end('<html></html>')],
    ['half a page', (_, response) => response.end('<html>')],
    ['a broken connection', ({ socket }) => socket.destroy()],
  ])('fails with %s, and returns the reason', async (_, listener) => {
    const result = await probe(await answering(listener));
    expect(valueOf(result, 'probe_success')).toBe(0);
    expect(result.failure).not.toBe('');
  });

  it('fails at the deadline without a response, and at once without a listener', async () => {
    const hanging = await probe(await answering(() => undefined), within(100));
    expect(valueOf(hanging, 'probe_success')).toBe(0);
    expect(valueOf(hanging, 'probe_duration_seconds')).toBeGreaterThanOrEqual(0.09);
    const closed = createTcp();
    const port = await listen(closed);
    await new Promise((resolve) => closed.close(resolve));
    expect(valueOf(await probe(port), 'probe_success')).toBe(0);
  });

  it('is aborted at once when its client disconnects', async () => {
    const client = new AbortController();
    const closed = Promise.withResolvers<unknown>();
    const port = await answering(({ socket }) => {
      socket.once('close', closed.resolve);
      client.abort();
    });
    const result = await probe(port, { deadlineMs: 60_000, signal: client.signal });
    expect(valueOf(result, 'probe_success')).toBe(0);
    await closed.promise;
  });

  it('fails when the response is not HTTP', async () => {
    const port = await listen(createTcp((socket) => socket.end('\u0000\u0001garbage\r\n\r\n')));
    expect(valueOf(await probe(port), 'probe_success')).toBe(0);
  });

  it('fails when a database closes the connection', async () => {
    const port = await listen(createTcp((socket) => socket.destroy()));
    const hop: Hop = { name: 'db-write', tier: 'db', ask: { kind: 'mysql', host: '127.0.0.1', port, writable: true } };
    const login = { user: 'monitor', password: 'x', authority: '' };
    const result = await probeHop(hop, { login, ...within(500) });
    expect(valueOf(result, 'probe_success')).toBe(0);
    const { span } = result;
    expect(span?.traceId).toMatch(/^[0-9a-f]{32}$/);
    expect(result.failure).toContain(`; trace ${span?.traceId ?? ''}`);
    const about = { 'db.system.name': 'mysql', 'holdfast.route': 'db-write' };
    expect(span).toMatchObject({
      name: 'probe db-write',
      attributes: { ...about, 'server.address': '127.0.0.1', 'server.port': port },
    });
    // Never the message, which may quote values.
    expect(span?.errorType).toMatch(/^[\w-]+$/);
  });

  it('has no span for an HTTP hop, whose servers record their own', async () => {
    const result = await probe(await answering((_, response) => response.writeHead(503).end()));
    expect(result.span).toBeUndefined();
  });
});
