import { createServer, type Server } from 'node:net';
import type { Answer, Routes } from './decide-routes.ts';

/**
 * Answers HAProxy's agent checks. HAProxy connects, sends `ROUTE HOST\n` (`agent-send`), reads one line and closes.
 *
 * Measured with HAProxy 3.0.11: a server with `disabled agent-check` starts in maintenance and its agent is asked all the same; `up ready`
 * is the only answer that opens it (`up` alone leaves it in maintenance, `ready` alone leaves it down); `maint` and `down` both end the
 * sessions at once with `on-marked-down shutdown-sessions`; no agent, no answer, an empty or an unknown one leave the last state. So a
 * starting HAProxy sends no write to a secondary, and whatever cannot be told must be answered with `down`, never with silence.
 */
export function createCheckServer(routes: () => Routes | undefined): Server {
  return createServer((socket) => {
    let asked = '';
    socket.setEncoding('utf8');
    socket.setTimeout(1_000, () => socket.destroy());
    socket.on('error', () => socket.destroy());
    socket.on('data', (chunk: string) => {
      asked += chunk;
      if (asked.includes('\n')) socket.end(`${answerTo(asked, routes())}\n`);
      else if (asked.length > 200) socket.destroy();
    });
  });
}

/** What a line of HAProxy is answered. Unknown routes and hosts are `down`. */
export function answerTo(line: string, routes: Routes | undefined): Answer {
  const [route, host] = line.trim().split(/\s+/);
  if (route !== 'db-write' && route !== 'db-read') return 'down';
  return routes?.answers.get(host ?? '')?.[route] ?? 'down';
}
