import { randomUUID } from 'node:crypto';
import http, { type Agent } from 'node:http';
import http2, { type ClientHttp2Session } from 'node:http2';
import { setTimeout as sleep } from 'node:timers/promises';
import { messageOf } from '../../kit/errors.ts';

/** One request of the test traffic. */
export interface TrafficResult {
  readonly kind: string;
  readonly startedAt: number;
  readonly ms: number;
  /** Undefined: a complete response with the expected status. */
  readonly failure: string | undefined;
}

export interface Traffic {
  readonly results: readonly TrafficResult[];
  /** Sends no further requests, and waits for those in flight. */
  stop(): Promise<void>;
}

/** A kind of request, and how often it is sent. Its result is a problem, or `undefined`. */
export interface TrafficKind {
  readonly kind: string;
  /** Between the starts of two requests. */
  readonly everyMs: number;
  readonly send: () => Promise<string | undefined>;
  readonly close?: () => void;
}

/** Sends all kinds at their rates, whether or not earlier requests have ended. */
export function startTraffic(kinds: readonly TrafficKind[]): Traffic {
  const results: TrafficResult[] = [];
  const stopping = new AbortController();
  const run = async ({ kind, everyMs, send }: TrafficKind): Promise<void> => {
    const inFlight = new Set<Promise<void>>();
    for (let dueAt = performance.now(); !stopping.signal.aborted; dueAt += everyMs) {
      const startedAt = performance.now();
      const one = send()
        .catch(messageOf)
        .then((failure) => {
          results.push({ kind, startedAt, ms: performance.now() - startedAt, failure });
        });
      inFlight.add(one);
      void one.finally(() => inFlight.delete(one));
      await sleep(Math.max(1, dueAt + everyMs - performance.now()), undefined, { signal: stopping.signal }).catch(
        () => undefined,
      );
    }
    await Promise.all(inFlight);
  };
  const running = Promise.all(kinds.map(run));
  return {
    results,
    stop: async () => {
      stopping.abort();
      await running;
      for (const { close } of kinds) close?.();
    },
  };
}

/** The failures as `kind: text`, with their numbers. */
export function countFailures(results: readonly TrafficResult[]): Readonly<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const { kind, failure } of results) {
    if (failure === undefined) continue;
    const text = `${kind}: ${failure}`;
    counts[text] = (counts[text] ?? 0) + 1;
  }
  return counts;
}

interface HttpRequest {
  readonly path: string;
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  /** Sends the body in this time, in equal parts. */
  readonly uploadMs?: number;
  readonly expected?: number;
  readonly agent: Agent | false;
  /** Also called with the headers of a response with the expected status. */
  readonly onHeaders?: (headers: http.IncomingHttpHeaders) => void;
}

const PARTS = 10;

/** Sends a request over HTTP/1.1. `bases`: another URL is used only if no connection could be established, as for a name with several addresses. */
export async function requestHttp(bases: readonly string[], request: HttpRequest): Promise<string | undefined> {
  for (const [index, base] of bases.entries()) {
    try {
      return await requestOnce(base, request);
    } catch (error) {
      const isRefused = error instanceof Error && 'syscall' in error && error.syscall === 'connect';
      if (!isRefused || index === bases.length - 1) throw error;
    }
  }
  return 'no address';
}

function requestOnce(base: string, request: HttpRequest): Promise<string | undefined> {
  const { path, method = 'GET', headers = {}, body, uploadMs = 0, expected = 200, agent, onHeaders } = request;
  return new Promise((resolve, reject) => {
    const length = body === undefined ? {} : { 'content-length': String(Buffer.byteLength(body)) };
    const sent = http.request(base + path, { method, headers: { ...headers, ...length }, agent, timeout: 20_000 });
    sent.on('timeout', () => sent.destroy(new Error('no response within 20 s')));
    sent.on('error', reject);
    sent.on('response', (response) => {
      response.on('error', reject);
      response.on('end', () => {
        if (response.statusCode === expected) onHeaders?.(response.headers);
        resolve(response.statusCode === expected ? undefined : `status ${response.statusCode}`);
      });
      response.resume();
    });
    void sendBody(sent, body ?? '', uploadMs);
  });
}

async function sendBody(sent: http.ClientRequest, body: string, uploadMs: number): Promise<void> {
  if (uploadMs > 0) {
    sent.flushHeaders();
    const size = Math.ceil(body.length / PARTS);
    for (let at = 0; at < body.length && !sent.destroyed; at += size) {
      sent.write(body.slice(at, at + size));
      await sleep(uploadMs / PARTS);
    }
    sent.end();
  } else {
    sent.end(body);
  }
}

/** Bytes that a server may send in one stream before a slow reader has read them. */
const WINDOW_BYTES = 1_024;

/** Sends requests over one HTTP/2 connection, and opens the next one when the server closes it. */
export class Http2Client {
  readonly #url: string;
  #session: ClientHttp2Session | undefined;

  constructor(url: string) {
    this.#url = url;
  }

  /**
   * `pauseMs`: waits between the parts that it reads. A stream that the server has refused was not processed, so clients send it again (RFC 9113, 8.7): it crossed
   * the announcement that the connection closes.
   */
  async send(path: string, pauseMs = 0): Promise<string | undefined> {
    return this.#send(path, pauseMs).catch((error: unknown) => {
      if (!messageOf(error).includes('NGHTTP2_REFUSED_STREAM')) throw error;
      return this.#send(path, pauseMs);
    });
  }

  #send(path: string, pauseMs: number): Promise<string | undefined> {
    return new Promise((resolve, reject) => {
      const stream = this.#open().request({ ':path': path });
      stream.setTimeout(20_000, () => {
        stream.destroy(new Error('no response within 20 s'));
      });
      let status: number | undefined;
      let expected: number | undefined;
      let bytes = 0;
      stream.on('error', reject);
      stream.on('response', (headers) => {
        status = headers[':status'];
        const length = headers['content-length'];
        expected = length === undefined ? undefined : Number(length);
      });
      const read = async (): Promise<void> => {
        for await (const part of stream as AsyncIterable<Buffer>) {
          bytes += part.length;
          if (pauseMs > 0) await sleep(pauseMs);
        }
        if (status !== 200) resolve(`status ${status}`);
        else resolve(expected === undefined || bytes === expected ? undefined : `${bytes} of ${expected} bytes`);
      };
      read().catch(reject);
      stream.end();
    });
  }

  close(): void {
    this.#session?.close();
  }

  #open(): ClientHttp2Session {
    if (this.#session !== undefined && !this.#session.closed && !this.#session.destroyed) return this.#session;
    // The certificate is that of the stack's own authority. What it protects is not tested here.
    const session = http2.connect(this.#url, {
      rejectUnauthorized: false,
      servername: 'shop.test',
      settings: { initialWindowSize: WINDOW_BYTES },
    });
    session.on('error', () => undefined);
    this.#session = session;
    return session;
  }
}

/** Places orders as one user over kept-alive connections, each with its own idempotency key. */
export function makeOrders(base: string, everyMs: number, user: number): TrafficKind {
  const agent = new http.Agent({ keepAlive: true });
  const json = { 'content-type': 'application/json' };
  let cookie = '';
  const keepCookie = (headers: http.IncomingHttpHeaders): void => {
    const set = headers['set-cookie'] ?? [];
    if (set.length > 0) cookie = set.map((one) => one.split(';')[0] ?? '').join('; ');
  };
  return {
    kind: 'order',
    everyMs,
    close: () => {
      agent.destroy();
    },
    send: async () => {
      if (cookie === '') {
        const body = JSON.stringify({ email: `user${user}@shop.test`, password: 'holdfast' });
        const failure = await requestHttp([base], {
          path: '/api/login',
          method: 'POST',
          headers: json,
          body,
          agent,
          onHeaders: keepCookie,
        });
        if (failure !== undefined) return `login: ${failure}`;
      }
      return requestHttp([base], {
        ...{ path: '/api/orders', method: 'POST', agent, expected: 201 },
        headers: { ...json, cookie, 'idempotency-key': randomUUID() },
        body: JSON.stringify({ items: [{ productId: 5, quantity: 1 }] }),
      });
    },
  };
}
