import { type IncomingMessage, type Server, createServer } from 'node:http';
import { type Answer, json, notFound, sendAnswer, text } from '../../kit/http-response.ts';
import { messageOf } from '../../kit/errors.ts';
import { cleanLine } from './clean-text.ts';
import type { NotifierConfig } from './config.ts';
import type { EndWatch } from './end-watch.ts';
import type { NotifierMetrics } from './metrics.ts';
import type { AlertKnowledge } from './notified-state.ts';
import { notificationOf } from './notification.ts';
import { payloadSchema } from './payload.ts';
import type { Spool } from './spool.ts';

interface ServerOptions {
  readonly spool: Spool;
  readonly metrics: NotifierMetrics;
  readonly now: () => number;
  readonly onQueued: () => void;
  /** Confirms the ends of alerts; missing: ends are mailed unconfirmed. */
  readonly endWatch: Pick<EndWatch, 'onReceived'> | undefined;
  readonly onWatchdog: () => void;
  readonly isWatchdogReceived: () => boolean;
  readonly watchdogSources: NotifierConfig['watchdog']['heartbeatSources'];
  readonly log: (line: string) => void;
}

/**
 * The notifier's HTTP server: `POST /webhook` (from this host only), `POST /watchdog` (from configured addresses), `GET /healthz`,
 * `GET /metrics`, `GET /notified`, `GET /recent`.
 */
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
  if (route === 'GET /notified') return json(knowledgeOf(searchParams, options.spool));
  // For a peer that was built before `/notified` existed.
  if (route === 'GET /told') return json(renameToOld(knowledgeOf(searchParams, options.spool)));
  if (route === 'GET /recent') {
    const nowMs = options.now();
    const recent = options.spool.notifiedBetween(nowMs - RECENT_MS, nowMs);
    return json(recent.map(({ key, status, sinceMs, atMs }) => ({ key, status, sinceMs, agoMs: nowMs - atMs })));
  }
  if (route === 'GET /healthz') {
    return json({ watchdogHeard: options.isWatchdogReceived() });
  }
  if (route === 'GET /metrics') {
    const { registry } = options.metrics;
    return { status: 200, body: await registry.metrics(), type: registry.contentType };
  }
  if (route === 'POST /watchdog') {
    // The body is irrelevant: the request itself is the heartbeat.
    request.resume();
    if (!isFrom(request.socket.remoteAddress, options.watchdogSources)) return text('only from monitored hosts', 403);
    options.onWatchdog();
    return text('received');
  }
  if (route !== 'POST /webhook') return notFound();
  if (!isFrom(request.socket.remoteAddress, [])) return text('only from this host', 403);
  const { body, isComplete } = await readBody(request);
  return isComplete ? accept(body, options) : refuse(body, `more than ${MAX_BODY_BYTES} bytes`, options);
}

function knowledgeOf(query: URLSearchParams, spool: Spool): Readonly<Record<string, AlertKnowledge>> {
  return Object.fromEntries(query.getAll('key').map((key) => [key, spool.knowledgeOf(key)]));
}

function renameToOld(knowledge: Readonly<Record<string, AlertKnowledge>>): object {
  return Object.fromEntries(
    Object.entries(knowledge).map(([key, { notified, queued, inflight }]) => [
      key,
      { told: notified, queued, telling: inflight },
    ]),
  );
}

/** Prometheus resends resolved alerts for 15 minutes (`resolvedRetention` in its rules/alerting.go). */
const RECENT_MS = 20 * 60_000;

/** Responds with 200 only when the notification is on disk. Unreadable notifications are kept there, too, for inspection. */
function accept(body: string, options: ServerOptions): Answer {
  const { spool, metrics, now, onQueued } = options;
  const payload = payloadSchema.safeParse(parseJson(body));
  if (!payload.success) return { ...refuse(body, payload.error.message, options), status: 400 };
  const notification = notificationOf(payload.data);
  const certain = options.endWatch === undefined ? notification : options.endWatch.onReceived(notification);
  const result = certain === undefined ? 'queued' : spool.put(certain, now());
  metrics.countWebhook(result);
  if (certain !== undefined && result === 'queued') onQueued();
  return text(result);
}

/** Keeps the beginning of the body as a dead letter. */
function refuse(body: string, reason: string, { spool, metrics, now, log }: ServerOptions): Answer {
  spool.deadLetterText(body.slice(0, MAX_KEPT_CHARACTERS), reason, now());
  metrics.countWebhook('unreadable');
  log(`a webhook was not readable: ${cleanLine(reason, 500)}`);
  return text(reason, 413);
}

/** Enough for some thousand alerts; Alertmanager truncates notifications only if configured to. */
const MAX_BODY_BYTES = 16 * 1024 * 1024;
const MAX_KEPT_CHARACTERS = 65_536;

/** The body, or its beginning. The rest is read and discarded, so that the client receives the response. */
async function readBody(request: IncomingMessage): Promise<{ readonly body: string; readonly isComplete: boolean }> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes <= MAX_BODY_BYTES) chunks.push(chunk);
  }
  return { body: Buffer.concat(chunks).toString(), isComplete: bytes <= MAX_BODY_BYTES };
}

function parseJson(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return undefined;
  }
}

/** Whether the remote address of a socket is a loopback address or one of `others`. */
export function isFrom(remoteAddress: string | undefined, others: readonly string[]): boolean {
  const address = remoteAddress?.replace(/^::ffff:/, '') ?? '';
  return /^127\.|^::1$/.test(address) || others.includes(address);
}
