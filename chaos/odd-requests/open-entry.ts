import { connect as connectTcp, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import type { EntryName } from './odd-request.ts';

export interface Entry {
  readonly name: EntryName;
  readonly host: string;
  readonly port: number;
  /** PEM of the authority that has signed the entry's certificate; without one there is no TLS. */
  readonly authority?: string;
}

/** A connection to an entry that speaks `protocol` where TLS lets it choose. Nothing is sent yet. */
export function openEntry({ host, port, authority }: Entry, protocol: 'http/1.1' | 'h2'): Socket {
  const socket =
    authority === undefined
      ? connectTcp({ host, port })
      : connectTls({ host, port, ca: authority, ALPNProtocols: [protocol] });
  socket.setNoDelay(true);
  return socket;
}

/** What came of one odd request. */
export interface Outcome {
  readonly answers: readonly (number | string)[];
  /** Of the request that followed on the same connection: `served` with its own response, `closed`, or what was wrong. */
  readonly followUp: string;
  /** Headers that a response lacks. */
  readonly lacks: readonly string[];
}

/** Longer than the site waits for a request that does not come. */
export const PATIENCE_MS = 9_000;

/** The request that follows: each asks for another product, so that its response can be told from any other. */
export function followUpPath(product: number): string {
  return `/api/products/${product}`;
}

/** Whether a response is that of the request that followed. */
export function judgeFollowUp(product: number, status: number, body: string): string {
  return status === 200 && body.startsWith(`{"id":${product},`) ? 'served' : `${status} ${body.slice(0, 40)}`;
}
