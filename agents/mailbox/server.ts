import { type IncomingMessage, type Server, type ServerResponse, createServer } from 'node:http';
import { readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Registry } from 'prom-client';
import { messageOf } from '../../kit/errors.ts';
import { summaryOf } from './parse-mail.ts';
import { renderListPage } from './list-page.ts';
import { renderMailPage } from './mail-page.ts';
import { renderRunbookList, renderRunbookPage } from './runbook-page.ts';
import type { MailStore } from './store.ts';

interface ServerOptions {
  readonly store: MailStore;
  readonly registry: Registry;
  readonly links: readonly { readonly title: string; readonly url: string }[];
  readonly runbooksFolder: string;
  readonly log: (line: string) => void;
}

interface Answer {
  readonly status: number;
  readonly type: string;
  readonly body: string | Buffer;
}

/** The mailbox's HTTP side: the pages and the API of `api.ts`, `/healthz` and `/metrics`. */
export function makeServer(options: ServerOptions): Server {
  return createServer({ requestTimeout: 10_000 }, (request, response) => {
    answer(request, options).then(
      (reply) => {
        send(response, reply);
      },
      (error: unknown) => {
        options.log(`answering ${request.url ?? ''} failed: ${messageOf(error)}`);
        send(response, { status: 500, type: 'text/plain', body: 'the mailbox failed' });
      },
    );
  });
}

async function answer(request: IncomingMessage, options: ServerOptions): Promise<Answer> {
  const { store, registry, links, runbooksFolder } = options;
  const { pathname, searchParams } = new URL(request.url ?? '/', 'http://mailbox');
  const route = `${request.method ?? ''} ${pathname}`;
  switch (route) {
    case 'GET /':
      return html(renderListPage(store.list(0), links));
    case 'GET /runbooks': {
      const names = (await readdir(runbooksFolder)).flatMap((file) => /^(\w+)\.md$/.exec(file)?.[1] ?? []);
      return html(renderRunbookList(names));
    }
    case 'GET /healthz':
      return json({ mails: store.list(0).length });
    case 'GET /metrics':
      return { status: 200, type: registry.contentType, body: await registry.metrics() };
    case 'GET /api/messages': {
      const sinceMs = Number(searchParams.get('since') ?? 0);
      return Number.isFinite(sinceMs) ? json(store.list(sinceMs)) : json({ error: 'since is not a number' }, 400);
    }
    case 'DELETE /api/messages':
      return json({ deleted: await store.clear() });
    default:
      return request.method === 'GET' ? answerPage(pathname, options) : notFound();
  }
}

/** A runbook, or something about one mail. */
async function answerPage(pathname: string, { store, runbooksFolder }: ServerOptions): Promise<Answer> {
  const runbook = /^\/runbooks\/(\w+)$/.exec(pathname)?.[1];
  if (runbook === undefined) return answerMail(pathname, store);
  const text = await readFile(join(runbooksFolder, `${runbook}.md`), 'utf8').catch(() => undefined);
  return text === undefined ? notFound() : html(renderRunbookPage(runbook, text));
}

/** `/mail/ID`, `/mail/ID.eml`, `/api/messages/ID`. */
async function answerMail(pathname: string, store: MailStore): Promise<Answer> {
  const match = /^\/(mail|api\/messages)\/([0-9-]+)(\.eml)?$/.exec(pathname);
  if (match === null) return notFound();
  const [, kind, id = '', ending] = match;
  const mail = await store.read(id);
  if (mail === undefined) return notFound();
  if (kind !== 'mail') return json(mail);
  if (ending === undefined) return html(renderMailPage(mail));
  return { status: 200, type: 'text/plain; charset=utf-8', body: (await store.source(summaryOf(mail).id)) ?? '' };
}

function html(body: string): Answer {
  return { status: 200, type: 'text/html; charset=utf-8', body };
}

function json(value: unknown, status = 200): Answer {
  return { status, type: 'application/json', body: JSON.stringify(value) };
}

function notFound(): Answer {
  return { status: 404, type: 'text/plain', body: 'not found' };
}

/** Nothing that a mail brings may run here, whatever it contains. */
const CONTENT_POLICY =
  "default-src 'none'; style-src 'unsafe-inline'; frame-src 'self'; img-src data:; base-uri 'none'; form-action 'none'";

function send(response: ServerResponse, { status, type, body }: Answer): void {
  response.writeHead(status, {
    'content-type': type,
    'content-security-policy': CONTENT_POLICY,
    'x-content-type-options': 'nosniff',
    'cache-control': 'no-store',
  });
  response.end(body);
}
