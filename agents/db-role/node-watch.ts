import { messageOf } from '../../kit/errors.ts';
import { openMysqlConnection, type MysqlLogin, type MysqlConnection } from '../../kit/mysql-connection.ts';
import type { NodeReport, NodeView } from './node-view.ts';
import { beginSession, readView } from './read-view.ts';
import type { Node, Settings } from './settings.ts';

/** Polls one node in its own session, so that a hung node does not delay the polls of others. */
export interface NodeWatch extends Disposable {
  readonly report: NodeReport;
  /** Whether at least one poll has finished or failed. */
  readonly isPolled: boolean;
  /** Duration of the last successful poll, in ms. */
  readonly lastAnswerMs: number | undefined;
}

interface WatchOptions {
  readonly settings: Settings;
  readonly login: MysqlLogin;
  /** Called after each poll, also a failed one. */
  readonly onReport: () => void;
}

/**
 * Polls until disposed. After a connection or query error the node counts as silent at once. While an answer is late, the report only
 * ages, and its users decide on the maximum age. After {@link DEADLINE_FACTOR} times the timeout the session is closed.
 */
export function openNodeWatch(node: Node, options: WatchOptions): NodeWatch {
  const { settings, login, onReport } = options;
  let report: NodeReport = { kind: 'silent', reason: 'not polled yet', lastView: undefined };
  let lastAnswerMs: number | undefined;
  let session: { readonly connection: MysqlConnection; readonly startedAtMs: number } | undefined;
  let hasPolled = false;
  let disposed = false;
  let timer: NodeJS.Timeout | undefined;

  async function openSession(): Promise<{ readonly connection: MysqlConnection; readonly startedAtMs: number }> {
    const connection = await openMysqlConnection(node, login, 2 * settings.timeoutMs);
    try {
      return { connection, startedAtMs: await beginSession(connection, 2 * settings.timeoutMs) };
    } catch (error) {
      connection[Symbol.dispose]();
      throw error;
    }
  }

  async function poll(): Promise<NodeView> {
    if (session === undefined || session.connection.closed) session = await openSession();
    const { connection, startedAtMs } = session;
    const deadlineMs = DEADLINE_FACTOR * settings.timeoutMs;
    return readView(connection, { nodes: settings.nodes, startedAtMs, deadlineMs });
  }

  async function pollOnce(): Promise<void> {
    const begin = performance.now();
    try {
      const view = await poll();
      report = { kind: 'answer', view };
      lastAnswerMs = performance.now() - view.polledAtMs;
    } catch (error) {
      session?.connection[Symbol.dispose]();
      session = undefined;
      lastAnswerMs = undefined;
      const lastView = report.kind === 'answer' ? report.view : report.lastView;
      report = { kind: 'silent', reason: messageOf(error), lastView };
    }
    hasPolled = true;
    if (disposed) return;
    onReport();
    const delayMs = Math.max(0, settings.intervalMs - (performance.now() - begin));
    timer = setTimeout(() => void pollOnce(), delayMs);
  }

  void pollOnce();
  return {
    get report() {
      return report;
    },
    get isPolled() {
      return hasPolled;
    },
    get lastAnswerMs() {
      return lastAnswerMs;
    },
    [Symbol.dispose]() {
      disposed = true;
      clearTimeout(timer);
      session?.connection[Symbol.dispose]();
    },
  };
}

/** Deadline of a poll as a multiple of the timeout. */
const DEADLINE_FACTOR = 5;
