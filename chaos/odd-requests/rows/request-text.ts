import { SITE_HOST } from '../../../deploy/model/site.ts';

export const HOST = `Host: ${SITE_HOST}`;
/** A content type whose body the application reads without parsing it. */
export const TEXT = 'Content-Type: text/plain';
export const CHUNKED = 'Transfer-Encoding: chunked';

/** A request: its first line, its fields, an empty line, its body. */
export function message(start: string, fields: readonly string[] = [HOST], body = ''): string {
  return `${[start, ...fields].map((line) => `${line}\r\n`).join('')}\r\n${body}`;
}

export function get(...fields: readonly string[]): string {
  return message('GET {path} HTTP/1.1', [HOST, ...fields]);
}

/** GET of another target. */
export function target(text: string): string {
  return message(`GET ${text} HTTP/1.1`);
}

export function post(fields: readonly string[], body = ''): string {
  return message('POST {path} HTTP/1.1', [HOST, TEXT, ...fields], body);
}

/** A complete request that is part of another request's body. No server may process it as a request. */
export const SMUGGLED = message('GET {path}/smuggled HTTP/1.1');

/** Every `{path}` is replaced by this number of bytes, so that lengths can be calculated before. */
export const PATH_BYTES = 24;

export function bytesOf(text: string): number {
  return text.replaceAll('{path}', 'x'.repeat(PATH_BYTES)).length;
}

export function chunk(text: string): string {
  return `${text.length.toString(16)}\r\n${text}\r\n`;
}

/** Five bytes in one chunk, and the last one. */
export const HELLO_CHUNKED = `${chunk('hello')}0\r\n\r\n`;
