import { type IncomingMessage, type Server, createServer } from 'node:http';
import { type Answer, json, notFound, sendAnswer, text } from '../../kit/http-response.ts';
import { messageOf } from '../../kit/errors.ts';
import { cleanLine } from './clean-text.ts';
import type { NotifierConfig } from './config.ts';
import type { EndWatch } from './end-watch.ts';
import type { NotifierMetrics } from './metrics.ts';
import { notificationOf } from './notification.ts';
import { payloadSchema } from './payload.ts';
import type { Spool } from './spool.ts';

interface ServerOptions {
  readonly spool: Spool;
  readonly metrics: NotifierMetrics;
  readonly now: () => number;
  readonly onQueued: () => void;
  /** Takes the ends of alerts, which are to be confirmed; missing: they are believed. */
  readonly endWatch: Pick<EndWatch, 'heard'> | undefined;
  readonly onWatchdog: () => void;
  readonly watchdogHeard: () => boolean;
  readonly watchdogFrom: NotifierConfig['watchdog']['heardFrom'];
  readonly log: (line: string) => void;
}

/** The notifier's HTTP side: `POST /webhook` (from this host only), `POST /watchdog` (from where the configuration says), `GET /healthz`, `GET /metrics`, `GET /told`, `GET /recent`. */
export function makeServer(options: ServerOptions): Server {
  return createServer({ requestTimeout: 10_000 }, (request, response) => {
    answer(request, options)
      .catch((error: unknown): Answer => {
        if (request.url === '/webhook') options.metrics.countWebhook('failed');
        options.log(`answering ${request.url ?? ''} failed: ${messageOf(error)}`);
        return text(messageOf(error), 500);
      })
      .then((reply) => {
        sendAnswer(response, reply);
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
  if (route === 'GET /recent') {
    const nowMs = options.now();
    const words = options.spool.toldBetween(nowMs - RECENT_MS, nowMs);
    return json(words.map(({ key, status, sinceMs, atMs }) => ({ key, status, sinceMs, agoMs: nowMs - atMs })));
  }
  if (route === 'GET /healthz') {
    return json({ watchdogHeard: options.watchdogHeard() });
  }
  if (route === 'GET /metrics') {
    const { registry } = options.metrics;
    return { status: 200, body: await registry.metrics(), type: registry.contentType };
  }
  if (route === 'POST /watchdog') {
    // That it comes is what it says.
    request.resume();
    if (!isFrom(request.socket.remoteAddress, options.watchdogFrom)) return text('only from who is watched', 403);
    options.onWatchdog();
    return text('heard');
  }
  if (route !== 'POST /webhook') return notFound();
  if (!isFrom(request.socket.remoteAddress, [])) return text('only from this host', 403);
  const { body, isWhole } = await readBody(request);
  return isWhole ? accept(body, options) : refuse(body, `more than ${MAX_BODY_BYTES} bytes`, options);
}

/** Prometheus resends what ended for 15 minutes (`resolvedRetention` in its rules/alerting.go). */
const RECENT_MS = 20 * 60_000;

/** Answers 200 only when the notification is on the disk; what cannot be read is kept there too, for a person. */
function accept(body: string, options: ServerOptions): Answer {
  const { spool, metrics, now, onQueued } = options;
  const payload = payloadSchema.safeParse(parseJson(body));
  if (!payload.success) return { ...refuse(body, payload.error.message, options), status: 400 };
  const notification = notificationOf(payload.data);
  const certain = options.endWatch === undefined ? notification : options.endWatch.heard(notification);
  const result = certain === undefined ? 'queued' : spool.put(certain, now());
  metrics.countWebhook(result);
  if (certain !== undefined && result === 'queued') onQueued();
  return text(result);
}

/** Keeps what shows what it was. */
function refuse(body: string, reason: string, { spool, metrics, now, log }: ServerOptions): Answer {
  spool.buryText(body.slice(0, KEPT_CHARACTERS), reason, now());
  metrics.countWebhook('unreadable');
  log(`a webhook was not readable: ${cleanLine(reason, 500)}`);
  return text(reason, 413);
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

function parseJson(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return undefined;
  }
}

/** Whether an address, as a socket tells it, is this host's own or one of others. */
export function isFrom(remoteAddress: string | undefined, others: readonly string[]): boolean {
  const address = remoteAddress?.replace(/^::ffff:/, '') ?? '';
  return /^127\.|^::1$/.test(address) || others.includes(address);
}
