import type { ServerResponse } from 'node:http';

/** A response of an agent's HTTP server. */
export interface Answer {
  readonly status: number;
  readonly type: string;
  readonly body: string | Buffer;
}

export function html(body: string, status = 200): Answer {
  return { status, type: 'text/html; charset=utf-8', body };
}

export function json(value: unknown, status = 200): Answer {
  return { status, type: 'application/json', body: JSON.stringify(value) };
}

export function text(body: string, status = 200): Answer {
  return { status, type: 'text/plain; charset=utf-8', body };
}

export function notFound(): Answer {
  return text('not found', 404);
}

/** Sends a response. Its content security policy forbids scripts; `allowed` adds directives beyond inline styles. */
export function sendAnswer(response: ServerResponse, { status, type, body }: Answer, allowed = ''): void {
  response.writeHead(status, {
    'content-type': type,
    'content-security-policy': `default-src 'none'; style-src 'unsafe-inline'; ${allowed}base-uri 'none'; form-action 'none'`,
    'x-content-type-options': 'nosniff',
    'cache-control': 'no-store',
  });
  response.end(body);
}
