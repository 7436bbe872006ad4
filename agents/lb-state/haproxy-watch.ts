import { connect, type Socket } from 'node:net';

interface WatchOptions {
  /** Unix socket of HAProxy's `alive` frontend. */
  readonly socketPath: string;
  readonly intervalMs: number;
  /** An answer that takes longer is none. */
  readonly deadlineMs: number;
  /** Called with the first finding, with every change, and with the first one after a connection was lost: others may have acted on that. */
  readonly onChange: (answers: boolean) => void;
}

/** A running watch. */
export interface HaproxyWatch extends Disposable {
  readonly answers: boolean;
}

const REQUEST = 'GET / HTTP/1.1\r\nHost: alive\r\n\r\n';

/**
 * Asks HAProxy all the time, over one kept connection, whether it works: a stopped process keeps its sockets open and its process id
 * alive, and only an answer tells it from a working one.
 */
export function openHaproxyWatch(options: WatchOptions): HaproxyWatch {
  const { socketPath, intervalMs, deadlineMs, onChange } = options;
  let answers: boolean | undefined;
  let socket: Socket | undefined;
  let askedAt: number | undefined;
  let lastTickAt = performance.now();
  let mustTell = true;
  const timer = setInterval(tick, intervalMs);
  tick();

  function find(finding: boolean): void {
    if (finding === answers && !mustTell) return;
    mustTell = false;
    answers = finding;
    onChange(finding);
  }

  function tick(): void {
    const now = performance.now();
    // A late tick means that this process got no processor: time in which nobody could have answered it does not count.
    const lateMs = Math.max(0, now - lastTickAt - intervalMs);
    lastTickAt = now;
    if (askedAt === undefined) {
      ask(now);
      return;
    }
    askedAt += lateMs;
    if (now - askedAt < deadlineMs) return;
    const asked = askedAt;
    // Timers run before input is read: an answer that is already here counts.
    setImmediate(() => {
      if (askedAt !== asked) return;
      find(false);
      drop();
    });
  }

  function ask(now: number): void {
    askedAt = now;
    (socket ?? open()).write(REQUEST);
  }

  function open(): Socket {
    const opened = connect(socketPath);
    opened.on('data', (data) => {
      const text = data.toString('latin1');
      // The rest of an answer that came in parts says nothing, and what is no answer at all meets the deadline.
      if (opened !== socket || !text.startsWith('HTTP/1.')) return;
      askedAt = undefined;
      find(text.startsWith('HTTP/1.1 200'));
    });
    opened.on('error', (error: NodeJS.ErrnoException) => {
      if (opened !== socket) return;
      // Nobody listens: no need to wait for the deadline. Anything else (a reload closes idle connections) is asked again.
      if (error.code === 'ECONNREFUSED' || error.code === 'ENOENT') find(false);
    });
    opened.on('close', () => {
      if (opened === socket) drop();
    });
    socket = opened;
    return opened;
  }

  function drop(): void {
    const dropped = socket;
    if (dropped !== undefined) mustTell = true;
    socket = undefined;
    askedAt = undefined;
    dropped?.destroy();
  }

  return {
    get answers() {
      return answers ?? false;
    },
    [Symbol.dispose]() {
      clearInterval(timer);
      drop();
    },
  };
}
