import { SECURITY_HEADERS } from '../../deploy/model/security-headers.ts';
import { SITE_HOST } from '../../deploy/model/site.ts';
import { expectedAt, type Http1Request } from './odd-request.ts';
import {
  followUpPath,
  judgeFollowUp,
  openEntry,
  RESPONSE_DEADLINE_MS,
  type Entry,
  type Outcome,
} from './open-entry.ts';
import { parseResponses, type Http1Response, type Parsed } from './read-http1.ts';

interface Conversation {
  /** Unique, so that no cache answers the request and the application counts it. */
  readonly path: string;
  /** Requested afterwards on the same connection. */
  readonly product: number;
}

/** Sends an odd request and, if the connection stays open, a valid follow-up request. Never rejects: errors are part of the outcome. */
export async function sendHttp1(entry: Entry, request: Http1Request, conversation: Conversation): Promise<Outcome> {
  const wanted = expectedAt(request, entry.name).answers.filter((answer) => Number(answer) >= 200).length;
  const socket = openEntry(entry, 'http/1.1');
  const parts = request.parts.map((part) => Buffer.from(part.replaceAll('{path}', conversation.path), 'latin1'));
  let received = Buffer.alloc(0);
  let sent = 0;
  let hasFollowed = false;
  const parse = (isClosed: boolean): Parsed =>
    parseResponses(received, { isToHead: (index) => request.toHead.includes(index), isClosed });
  const send = (bytes: Buffer | string): void => {
    if (socket.writable) socket.write(bytes);
  };
  const advance = (): void => {
    const { responses } = parse(false);
    const finals = responses.filter(isFinal);
    for (; sent < parts.length && sent <= responses.length && finals.length < wanted; sent += 1) {
      send(parts[sent] ?? '');
    }
    if (finals.length < Math.max(wanted, 1)) return;
    if (hasFollowed || finals.length > wanted) {
      if (finals.length > wanted) socket.destroy();
      return;
    }
    hasFollowed = true;
    // After `Connection: close`, the server reads no further request, but may wait for the client to close first (RFC 9112, 9.6).
    if (finals.at(-1)?.headers.get('connection') === 'close') socket.end();
    else send(`GET ${followUpPath(conversation.product)} HTTP/1.1\r\nHost: ${SITE_HOST}\r\n\r\n`);
  };
  const ended = new Promise<string>((resolve) => {
    socket.once('close', () => {
      resolve('closed');
    });
    socket.once('timeout', () => {
      resolve('silence');
    });
  });
  socket.on('error', () => undefined);
  socket.setTimeout(RESPONSE_DEADLINE_MS);
  socket.once('connect', advance);
  socket.on('data', (chunk: Buffer) => {
    received = Buffer.concat([received, chunk]);
    advance();
  });
  const end = await ended;
  socket.destroy();
  return outcomeOf(parse(true), { wanted, end, product: conversation.product });
}

function isFinal({ status }: Http1Response): boolean {
  return status >= 200;
}

function outcomeOf(
  { responses, rest }: Parsed,
  { wanted, end, product }: { readonly wanted: number; readonly end: string; readonly product: number },
): Outcome {
  const last = responses.filter(isFinal)[wanted];
  const own = last === undefined ? responses : responses.slice(0, responses.indexOf(last));
  return {
    answers: [
      ...own.map(({ status }) => status),
      ...(rest.length > 0 ? [`no response: ${JSON.stringify(rest.toString('latin1', 0, 40))}`] : []),
    ],
    followUp: last === undefined ? end : judgeFollowUp(product, last.status, last.body),
    lacks: own.filter(isFinal).flatMap(({ headers }) => missingHeaders(headers)),
  };
}

/** Headers of the site that a response lacks. */
export function missingHeaders(headers: ReadonlyMap<string, string>): readonly string[] {
  return Object.entries(SECURITY_HEADERS)
    .filter(([name, value]) => headers.get(name.toLowerCase()) !== value)
    .map(([name]) => name);
}
