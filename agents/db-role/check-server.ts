import { createServer, type Server } from 'node:net';
import type { AgentReply, Routes } from './decide-routes.ts';

/**
 * Replies to HAProxy's agent checks. HAProxy connects, sends `ROUTE HOST\n` (`agent-send`), reads one line and closes.
 *
 * Measured with HAProxy 3.0.11:
 * - A server with `disabled agent-check` starts in maintenance, and its agent is checked nevertheless.
 * - Only the reply `up ready` enables it: `up` alone leaves it in maintenance, `ready` alone leaves it down.
 * - `maint` and `down` both close the sessions at once with `on-marked-down shutdown-sessions`.
 * - Without an agent, or with a missing, empty or unknown reply, the last state remains.
 *
 * So a starting HAProxy sends no write to a secondary, and an unknown state must be reported as `down`, never by a missing reply.
 */
export function createCheckServer(routes: () => Routes | undefined): Server {
  return createServer((socket) => {
    let received = '';
    socket.setEncoding('utf8');
    socket.setTimeout(1_000, () => socket.destroy());
    socket.on('error', () => socket.destroy());
    socket.on('data', (chunk: string) => {
      received += chunk;
      if (received.includes('\n')) socket.end(`${replyTo(received, routes())}\n`);
      else if (received.length > 200) socket.destroy();
    });
  });
}

/** The reply to a line from HAProxy. Unknown routes and hosts are `down`. */
export function replyTo(line: string, routes: Routes | undefined): AgentReply {
  const [route, host] = line.trim().split(/\s+/);
  if (route !== 'db-write' && route !== 'db-read') return 'down';
  return routes?.replies.get(host ?? '')?.[route] ?? 'down';
}
