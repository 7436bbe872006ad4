import { type IncomingMessage, type Server, type ServerResponse, createServer } from 'node:http';
import { messageOf } from '../../kit/errors.ts';
import { cleanLine } from './clean-text.ts';
import type { NotifierConfig } from './config.ts';
import type { NotifierMetrics } from './metrics.ts';
import { notificationOf } from './notification.ts';
import { payloadSchema } from './payload.ts';
import type { Spool } from './spool.ts';

interface ServerOptions {
  readonly spool: Spool;
  readonly metrics: NotifierMetrics;
  readonly now: () => number;
  readonly onQueued: () => void;
  readonly onWatchdog: () => void;
  readonly watchdogHeard: () => boolean;
  readonly watchdogFrom: NotifierConfig['watchdog']['heardFrom'];
  readonly log: (line: string) => void;
}

interface Answer {
  readonly status: number;
  readonly body: string;
  readonly type?: string;
}

/** The notifier's HTTP side: `POST /webhook` (from this host only), `POST /watchdog` (from where the configuration says), `GET /healthz`, `GET /metrics`, `GET /told`. */
export function makeServer(options: ServerOptions): Server {
  return createServer({ requestTimeout: 10_000 }, (request, response) => {
    answer(request, options)
      .catch((error: unknown): Answer => {
        if (request.url === '/webhook') options.metrics.countWebhook('failed');
        options.log(`answering ${request.url ?? ''} failed: ${messageOf(error)}`);
        return { status: 500, body: messageOf(error) };
      })
      .then((reply) => {
        send(response, reply);
      })
      .catch((error: unknown) => {
        options.log(messageOf(error));
      });
  });
}

async function answer(request: IncomingMessage, options: ServerOptions): Promise<Answer> {
  const { pathname, searchParams } = new URL(request.url ?? '/', 'http://notifier');
  const route = `${request.method ?? ''} ${pathname}`;
  if (route === 'GET /told') {
    const keys = searchParams.getAll('key');
    return json(Object.fromEntries(keys.map((key) => [key, options.spool.known(key)])));
  }
  if (route === 'GET /healthz') {
    return json({ watchdogHeard: options.watchdogHeard() });
  }
  if (route === 'GET /metrics') {
    const { registry } = options.metrics;
    return { status: 200, body: await registry.metrics(), type: registry.contentType };
  }
  if (route !== 'POST /webhook' && route !== 'POST /watchdog') return { status: 404, body: 'not found' };
  const isOpen = route === 'POST /watchdog' && options.watchdogFrom === 'network';
  if (!isOpen && !isLoopback(request.socket.remoteAddress)) return { status: 403, body: 'only from this host' };
  const { body, isWhole } = await readBody(request);
  if (!isWhole) return refuse(body, `more than ${MAX_BODY_BYTES} bytes`, options);
  if (route === 'POST /webhook') return accept(body, options);
  options.onWatchdog();
  return { status: 200, body: 'heard' };
}

/** Answers 200 only when the notification is on the disk; what cannot be read is kept there too, for a person. */
function accept(body: string, options: ServerOptions): Answer {
  const { spool, metrics, now, onQueued } = options;
  const payload = payloadSchema.safeParse(parseJson(body));
  if (!payload.success) return { ...refuse(body, payload.error.message, options), status: 400 };
  const result = spool.put(notificationOf(payload.data), now());
  metrics.countWebhook(result);
  if (result === 'queued') onQueued();
  return { status: 200, body: result };
}

/** Keeps what shows what it was. */
function refuse(body: string, reason: string, { spool, metrics, now, log }: ServerOptions): Answer {
  spool.buryText(body.slice(0, KEPT_CHARACTERS), reason, now());
  metrics.countWebhook('unreadable');
  log(`a webhook was not readable: ${cleanLine(reason, 500)}`);
  return { status: 413, body: reason };
}

/** Some thousand alerts; Alertmanager leaves out what is too much only where it is told to. */
const MAX_BODY_BYTES = 16 * 1024 * 1024;
const KEPT_CHARACTERS = 65_536;

/** The body, or its beginning; the rest is read and thrown away, so that the answer is heard. */
async function readBody(request: IncomingMessage): Promise<{ readonly body: string; readonly isWhole: boolean }> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes <= MAX_BODY_BYTES) chunks.push(chunk);
  }
  return { body: Buffer.concat(chunks).toString(), isWhole: bytes <= MAX_BODY_BYTES };
}

function json(value: unknown): Answer {
  return { status: 200, body: JSON.stringify(value), type: 'application/json' };
}

function parseJson(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return undefined;
  }
}

function isLoopback(address: string | undefined): boolean {
  return address !== undefined && /^(::ffff:)?127\.|^::1$/.test(address);
}

function send(response: ServerResponse, { status, body, type = 'text/plain; charset=utf-8' }: Answer): void {
  response.writeHead(status, { 'content-type': type }).end(body);
}
