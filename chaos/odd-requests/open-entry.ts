import { connect as connectTcp, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import type { EntryName } from './odd-request.ts';

export interface Entry {
  readonly name: EntryName;
  readonly host: string;
  readonly port: number;
  /** PEM of the authority that signed the entry's certificate; missing: no TLS. */
  readonly authority?: string;
}

/** Opens a connection to an entry; with TLS, ALPN offers `protocol`. Sends nothing. */
export function openEntry({ host, port, authority }: Entry, protocol: 'http/1.1' | 'h2'): Socket {
  const socket =
    authority === undefined
      ? connectTcp({ host, port })
      : connectTls({ host, port, ca: authority, ALPNProtocols: [protocol] });
  socket.setNoDelay(true);
  return socket;
}

/** Result of one odd request. */
export interface Outcome {
  readonly answers: readonly (number | string)[];
  /** Result of the follow-up request on the same connection: `served` (with its own response), `closed`, or the difference. */
  readonly followUp: string;
  /** Missing headers of the site in the responses. */
  readonly lacks: readonly string[];
}

/** Longer than the site waits for an incomplete request. */
export const RESPONSE_DEADLINE_MS = 9_000;

/** Path of the follow-up request. Each requests a different product, so that its response is distinguishable from all others. */
export function followUpPath(product: number): string {
  return `/api/products/${product}`;
}

/** Checks whether a response is that of the follow-up request. */
export function judgeFollowUp(product: number, status: number, body: string): string {
  return status === 200 && body.startsWith(`{"id":${product},`) ? 'served' : `${status} ${body.slice(0, 40)}`;
}
