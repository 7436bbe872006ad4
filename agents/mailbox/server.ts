import { type IncomingMessage, type Server, createServer } from 'node:http';
import { readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Registry } from 'prom-client';
import { type Answer, html, json, notFound, sendAnswer, text } from '../../kit/http-response.ts';
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

/** Allows the sandboxed frame of a mail and its inline pictures. */
const MAIL_CONTENT_POLICY = "frame-src 'self'; img-src data:; ";

/** The mailbox's HTTP server: the pages, the API of `deploy/tiers/mail/mailbox-api.ts`, `/healthz` and `/metrics`. */
export function makeServer(options: ServerOptions): Server {
  return createServer({ requestTimeout: 10_000 }, (request, response) => {
    answer(request, options).then(
      (reply) => {
        sendAnswer(response, reply, MAIL_CONTENT_POLICY);
      },
      (error: unknown) => {
        options.log(`answering ${request.url ?? ''} failed: ${messageOf(error)}`);
        sendAnswer(response, text('the mailbox failed', 500));
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

/** A runbook page, or a page of one mail. */
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
