import { connect, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';

/** The kinds of attacks; each is implemented in attacks.ts. */
export const ATTACKS = [
  'idle-connections',
  'slow-headers',
  'slow-bodies',
  'slow-readers',
  'http2-streams',
  'connection-rate',
  'cache-busting',
] as const;

export type AttackKind = (typeof ATTACKS)[number];

/** One entry of the site. */
export interface AttackTarget {
  readonly name: string;
  readonly host: string;
  readonly port: number;
  readonly isTls: boolean;
}

/** Counters of an attacker since its start, except for `open`. */
export interface AttackCounts {
  /** Connections that are open now. */
  open: number;
  connected: number;
  /** Connections that were never established: refused, reset or aborted. */
  refused: number;
  /** Requests or streams that were begun. */
  sent: number;
  /** Responses by status. */
  readonly statuses: Record<string, number>;
}

export interface AttackContext {
  readonly target: AttackTarget;
  readonly counts: AttackCounts;
  readonly signal: AbortSignal;
}

/** Runs until the signal aborts. */
export type Attack = (context: AttackContext) => Promise<void>;

export const SITE = 'shop.test';

/** Opens a connection; resolves with undefined when it was refused. Counts it. */
export function open({ target, counts, signal }: AttackContext): Promise<Socket | undefined> {
  const { host, port, isTls } = target;
  const socket = isTls
    ? // The attacker does not verify certificates.
      connectTls({ host, port, ALPNProtocols: ['http/1.1'], rejectUnauthorized: false, servername: SITE })
    : connect({ host, port });
  return new Promise((resolve) => {
    const end = (): void => {
      socket.destroy();
      resolve(undefined);
    };
    signal.addEventListener('abort', end, { once: true });
    let isOpen = false;
    socket.once(isTls ? 'secureConnect' : 'connect', () => {
      isOpen = true;
      counts.connected += 1;
      counts.open += 1;
      resolve(socket);
    });
    socket.on('error', () => undefined);
    socket.once('close', () => {
      signal.removeEventListener('abort', end);
      if (isOpen) counts.open -= 1;
      else counts.refused += 1;
      resolve(undefined);
    });
  });
}

/** Counts the status of a response by its first bytes. */
export function countStatus(counts: AttackCounts, chunk: Buffer): void {
  const status = /^HTTP\/1\.1 (\d{3})/.exec(chunk.toString('latin1', 0, 16))?.[1];
  if (status !== undefined) counts.statuses[status] = (counts.statuses[status] ?? 0) + 1;
}

/** Milliseconds, or until the signal aborts. */
export function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) {
      resolve();
      return;
    }
    const timer = setTimeout(done, ms);
    signal.addEventListener('abort', done, { once: true });
    function done(): void {
      clearTimeout(timer);
      signal.removeEventListener('abort', done);
      resolve();
    }
  });
}

/** Pause after a refused connection, before the retry. */
const RETRY_MS = 500;

/** Keeps `count` connections until the signal aborts, and replaces closed ones. `use` resolves when its connection is closed. */
export async function keepOpen(
  context: AttackContext,
  count: number,
  use: (socket: Socket) => Promise<void>,
): Promise<void> {
  const { signal } = context;
  await Promise.all(
    Array.from({ length: count }, async (_, index) => {
      // One per millisecond, because this is a single process.
      await pause(index, signal);
      while (!signal.aborted) {
        const socket = await open(context);
        if (socket === undefined) await pause(RETRY_MS, signal);
        else await use(socket);
      }
    }),
  );
}

/** Resolves when the connection is closed; meanwhile `drip` is called once a second. */
export async function untilClosed(socket: Socket, { counts, signal }: AttackContext, drip?: () => void): Promise<void> {
  const closed = new Promise<void>((resolve) => {
    socket.once('close', () => {
      resolve();
    });
  });
  socket.once('data', (chunk) => {
    countStatus(counts, chunk);
  });
  // All data is consumed: a socket with unread data does not emit `close`.
  socket.on('data', () => undefined);
  const timer = drip === undefined ? undefined : setInterval(drip, 1_000);
  const end = (): void => void socket.destroy();
  signal.addEventListener('abort', end, { once: true });
  await closed;
  signal.removeEventListener('abort', end);
  clearInterval(timer);
}
