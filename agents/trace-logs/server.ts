import { type IncomingMessage, type Server, createServer } from 'node:http';
import type { Registry } from 'prom-client';
import { type Answer, html, json, notFound, sendAnswer, text } from '../../kit/http-response.ts';
import { messageOf } from '../../kit/errors.ts';
import { renderHomePage, renderTracePage, renderUnknownPage } from './page.ts';
import { parseFields } from './parse-fields.ts';
import type { LogLine, LogStore } from './store.ts';

interface ServerOptions {
  readonly store: LogStore;
  readonly registry: Registry;
  readonly tracesUrl: string | undefined;
  readonly startedAtMs: number;
  readonly log: (line: string) => void;
}

/** The trace log store's HTTP server: `/`, `/logs/ID`, `/api/logs/ID`, `/healthz` and `/metrics`. */
export function makeServer(options: ServerOptions): Server {
  return createServer({ requestTimeout: 10_000 }, (request, response) => {
    answer(request, options).then(
      (reply) => {
        sendAnswer(response, reply);
      },
      (error: unknown) => {
        options.log(`answering ${request.url ?? ''} failed: ${messageOf(error)}`);
        sendAnswer(response, text('the trace log store failed', 500));
      },
    );
  });
}

async function answer(request: IncomingMessage, options: ServerOptions): Promise<Answer> {
  const { store, registry } = options;
  const { pathname } = new URL(request.url ?? '/', 'http://trace-logs');
  switch (`${request.method ?? ''} ${pathname}`) {
    case 'GET /':
      return html(renderHomePage({ ...options, ...store }));
    case 'GET /healthz':
      return json({ lines: store.use('retained').lines + store.use('transient').lines });
    case 'GET /metrics':
      return { status: 200, type: registry.contentType, body: await registry.metrics() };
    default:
      return request.method === 'GET' ? answerTrace(pathname, options) : notFound();
  }
}

/** `/logs/ID`, `/api/logs/ID`. */
function answerTrace(pathname: string, { store, ...options }: ServerOptions): Answer {
  const match = /^(\/api)?\/logs\/([0-9a-f]{32})$/.exec(pathname);
  if (match === null) return notFound();
  const [, api, traceId = ''] = match;
  const lines = store.read(traceId);
  if (api !== undefined) {
    return lines === undefined ? json({ error: 'no lines of this trace' }, 404) : json(lines.map(toApiLine));
  }
  const context = { ...options, ...store };
  return lines === undefined
    ? html(renderUnknownPage(traceId, context), 404)
    : html(renderTracePage(traceId, lines, context));
}

/** A line in the API, with its text and its fields. */
function toApiLine({ atMs, ...line }: LogLine): object {
  return { at: new Date(atMs).toISOString(), ...line, fields: parseFields(line.text) };
}
