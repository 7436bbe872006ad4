import { STATUS_CODES, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import { SECURITY_HEADERS } from '../../../model/security-headers.ts';
import type { RequestTelemetry } from '../telemetry/request-telemetry.ts';
import type { ErrorAnswer } from './error-answers.ts';
import { VERSION_HEADER } from './version-header.ts';

interface ParserErrorOptions {
  readonly telemetry: Pick<RequestTelemetry, 'recordRefused' | 'overrideStatus'>;
  readonly version: string;
  readonly render: (url: string, status: number) => ErrorAnswer;
}

/** The latest request on a connection. Responses are in the order of requests, so when this one is complete, all are. */
interface Latest {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
}

/**
 * Handler of `clientError`. Responds to requests that Node's HTTP parser rejects before any hook: malformed requests, oversized headers,
 * incomplete requests. Also responds to CONNECT.
 *
 * It writes the response to the socket only if no request is in flight on the connection, or only the one with the invalid body. Otherwise a
 * client could take the response for that of another request.
 */
export function makeParserErrorHandler(server: Server, { telemetry, version, render }: ParserErrorOptions) {
  const latest = new WeakMap<Duplex, Latest>();
  const refused = new WeakSet<Duplex>();
  server.on('request', (request, response) => {
    latest.set(request.socket, { request, response });
  });

  const answer = (socket: Duplex, status: number, url: string): void => {
    refused.add(socket);
    const { request, response } = latest.get(socket) ?? {};
    const isIdle = response === undefined || response.closed;
    const isOfBody = request !== undefined && !request.complete && response?.socket === socket && !response.headersSent;
    const traceId = isOfBody ? telemetry.overrideStatus(response, status) : telemetry.recordRefused(status);
    if (!socket.writable || !(isIdle || isOfBody)) {
      socket.destroy();
      return;
    }
    const text = renderResponse(status, render(isOfBody ? (request.url ?? '') : url, status), {
      [VERSION_HEADER]: version,
      ...(traceId === undefined ? {} : { 'X-Trace-Id': traceId }),
    });
    socket.end(text, () => socket.destroy());
  };

  server.on('connect', (request: IncomingMessage, socket: Duplex) => {
    socket.on('error', () => socket.destroy());
    answer(socket, 405, request.url ?? '');
  });

  return (error: Error & { readonly code?: unknown; readonly rawPacket?: unknown }, socket: Duplex): void => {
    // The parser reports every chunk after the first error again.
    if (refused.has(socket)) return;
    const status = parserErrorStatus(error.code);
    if (status === undefined) socket.destroy(error);
    else answer(socket, status, targetOf(error.rawPacket));
  };
}

/** The status for a parser error; `undefined` if the connection broke, so that no response is possible. */
export function parserErrorStatus(code: unknown): 400 | 408 | 413 | 431 | undefined {
  if (code === 'ERR_HTTP_REQUEST_TIMEOUT') return 408;
  if (code === 'HPE_HEADER_OVERFLOW') return 431;
  if (code === 'HPE_CHUNK_EXTENSIONS_OVERFLOW') return 413;
  return typeof code === 'string' && code.startsWith('HPE_') ? 400 : undefined;
}

/** The request target, if the packet begins with a request line. It only determines the format of the response. */
function targetOf(packet: unknown): string {
  if (!Buffer.isBuffer(packet)) return '';
  return /^[A-Z]{1,20} (\S{1,200})/.exec(packet.toString('latin1', 0, 256))?.[1] ?? '';
}

function renderResponse(
  status: number,
  { contentType, body }: ErrorAnswer,
  more: Readonly<Record<string, string>>,
): string {
  const headers = {
    ...SECURITY_HEADERS,
    'Content-Type': contentType,
    'Content-Length': String(Buffer.byteLength(body)),
    'Cache-Control': 'no-store',
    Connection: 'close',
    Date: new Date().toUTCString(),
    ...(status === 405 ? { Allow: 'GET, HEAD, POST' } : {}),
    ...more,
  };
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  return `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}\r\n${lines.join('')}\r\n${body}`;
}
