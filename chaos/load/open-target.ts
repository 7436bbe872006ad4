import { connect as connectTcp, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import type { LoadTarget } from './load-run.ts';

/** From the start of a connection until it is established, TLS included. */
const CONNECT_MS = 3_000;

export interface OpenOptions {
  /** PEM of the authority that signed the certificates of targets with TLS. */
  readonly authority: string;
  /** Protocol that TLS negotiates. Without TLS, both ends know it. */
  readonly protocol: 'http/1.1' | 'h2';
  readonly signal: AbortSignal;
}

/**
 * Opens a connection to a target, or to its fallback address if none could be established, as browsers do. Rejects with the error of the last attempt, or
 * with the reason of the signal. An abort after that destroys the connection.
 */
export async function openTarget({ url, fallbackUrl }: LoadTarget, options: OpenOptions): Promise<Socket> {
  options.signal.throwIfAborted();
  if (fallbackUrl === undefined) return open(new URL(url), options);
  return open(new URL(url), options).catch((error: unknown) => {
    if (options.signal.aborted) throw error;
    return open(new URL(fallbackUrl), options);
  });
}

function open({ protocol: scheme, hostname: host, port }: URL, options: OpenOptions): Promise<Socket> {
  const { authority, protocol, signal } = options;
  const isTls = scheme === 'https:';
  const socket = isTls
    ? connectTls({ host, port: port === '' ? 443 : Number(port), ca: authority, ALPNProtocols: [protocol] })
    : connectTcp({ host, port: port === '' ? 80 : Number(port) });
  socket.setNoDelay(true);
  const abort = (): void => {
    socket.destroy(signal.reason instanceof Error ? signal.reason : new Error('aborted'));
  };
  signal.addEventListener('abort', abort, { once: true });
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      socket.destroy(new Error(`no connection within ${CONNECT_MS} ms`));
    }, CONNECT_MS);
    socket.once(isTls ? 'secureConnect' : 'connect', () => {
      clearTimeout(timer);
      resolve(socket);
    });
    // Has no effect once the connection is established: its user sees its end as `close`.
    socket.on('error', reject);
    socket.once('close', () => {
      clearTimeout(timer);
      signal.removeEventListener('abort', abort);
      reject(new Error('the connection was closed before it was established'));
    });
  });
}
