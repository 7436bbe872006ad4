import { connect, type Socket } from 'node:net';

interface WatchOptions {
  /** Unix socket of HAProxy's `alive` frontend. */
  readonly socketPath: string;
  readonly intervalMs: number;
  /** A later response counts as a missing one. */
  readonly deadlineMs: number;
  /** Called with the first result, with every change, and with the first result after a lost connection, because others may have acted on that loss. */
  readonly onChange: (isResponding: boolean) => void;
}

/** A running health check. */
export interface HaproxyWatch extends Disposable {
  readonly isResponding: boolean;
}

const REQUEST = 'GET / HTTP/1.1\r\nHost: alive\r\n\r\n';

/**
 * Checks the health of HAProxy continuously over one persistent connection. A stopped process keeps its sockets and its process ID, so
 * only a response distinguishes it from a healthy one.
 */
export function openHaproxyWatch(options: WatchOptions): HaproxyWatch {
  const { socketPath, intervalMs, deadlineMs, onChange } = options;
  let isResponding: boolean | undefined;
  let socket: Socket | undefined;
  let requestedAt: number | undefined;
  let lastTickAt = performance.now();
  let mustReport = true;
  const timer = setInterval(tick, intervalMs);
  tick();

  function report(isNowResponding: boolean): void {
    if (isNowResponding === isResponding && !mustReport) return;
    mustReport = false;
    isResponding = isNowResponding;
    onChange(isNowResponding);
  }

  function tick(): void {
    const now = performance.now();
    // A late tick means that this process got no CPU time, so it could not have read a response. That time does not count.
    const lateMs = Math.max(0, now - lastTickAt - intervalMs);
    lastTickAt = now;
    if (requestedAt === undefined) {
      sendRequest(now);
      return;
    }
    requestedAt += lateMs;
    if (now - requestedAt < deadlineMs) return;
    const pendingAt = requestedAt;
    // Timers run before I/O: a response that has already arrived must count.
    setImmediate(() => {
      if (requestedAt !== pendingAt) return;
      report(false);
      drop();
    });
  }

  function sendRequest(now: number): void {
    requestedAt = now;
    (socket ?? open()).write(REQUEST);
  }

  function open(): Socket {
    const opened = connect(socketPath);
    opened.on('data', (data) => {
      const text = data.toString('latin1');
      // Ignore the rest of a response that arrived in parts. Invalid data does not end the check, so the deadline fires.
      if (opened !== socket || !text.startsWith('HTTP/1.')) return;
      requestedAt = undefined;
      report(text.startsWith('HTTP/1.1 200'));
    });
    opened.on('error', (error: NodeJS.ErrnoException) => {
      if (opened !== socket) return;
      // No listener: HAProxy is down, without waiting for the deadline. After other errors (a reload closes idle connections) the check retries.
      if (error.code === 'ECONNREFUSED' || error.code === 'ENOENT') report(false);
    });
    opened.on('close', () => {
      if (opened === socket) drop();
    });
    socket = opened;
    return opened;
  }

  function drop(): void {
    const dropped = socket;
    if (dropped !== undefined) mustReport = true;
    socket = undefined;
    requestedAt = undefined;
    dropped?.destroy();
  }

  return {
    get isResponding() {
      return isResponding ?? false;
    },
    [Symbol.dispose]() {
      clearInterval(timer);
      drop();
    },
  };
}
