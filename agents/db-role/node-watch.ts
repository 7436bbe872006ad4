import { messageOf } from '../../kit/errors.ts';
import { openMysqlConnection, type MysqlLogin, type MysqlConnection } from '../../kit/mysql-connection.ts';
import type { NodeReport, NodeView } from './node-view.ts';
import { beginSession, readView } from './read-view.ts';
import type { Node, Settings } from './settings.ts';

/** Asks one node over and over on a session of its own, so that a frozen node delays nobody else's answer. */
export interface NodeWatch extends Disposable {
  readonly report: NodeReport;
  /** Whether the node has answered, or failed to, at least once. */
  readonly asked: boolean;
  /** How long the last answer took, in milliseconds. */
  readonly lastAnswerMs: number | undefined;
}

interface WatchOptions {
  readonly settings: Settings;
  readonly login: MysqlLogin;
  /** After each answer, and when the session ends. */
  readonly onReport: () => void;
}

/**
 * Watches until disposed. A lost session (refused, reset, an error of the server) makes the node silent at once. A late answer does not:
 * the report only grows old, and who uses it decides how old is too old; after {@link GIVE_UP} times the timeout the session is given up.
 */
export function openNodeWatch(node: Node, options: WatchOptions): NodeWatch {
  const { settings, login, onReport } = options;
  let report: NodeReport = { kind: 'silent', reason: 'not asked yet', lastView: undefined };
  let lastAnswerMs: number | undefined;
  let session: { readonly connection: MysqlConnection; readonly startedAtMs: number } | undefined;
  let asked = false;
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

  async function ask(): Promise<NodeView> {
    if (session === undefined || session.connection.closed) session = await openSession();
    const { connection, startedAtMs } = session;
    const deadlineMs = GIVE_UP * settings.timeoutMs;
    return readView(connection, { nodes: settings.nodes, startedAtMs, deadlineMs });
  }

  async function turn(): Promise<void> {
    const begin = performance.now();
    try {
      const view = await ask();
      report = { kind: 'answer', view };
      lastAnswerMs = performance.now() - view.askedAtMs;
    } catch (error) {
      session?.connection[Symbol.dispose]();
      session = undefined;
      lastAnswerMs = undefined;
      const lastView = report.kind === 'answer' ? report.view : report.lastView;
      report = { kind: 'silent', reason: messageOf(error), lastView };
    }
    asked = true;
    if (disposed) return;
    onReport();
    const rest = Math.max(0, settings.intervalMs - (performance.now() - begin));
    timer = setTimeout(() => void turn(), rest);
  }

  void turn();
  return {
    get report() {
      return report;
    },
    get asked() {
      return asked;
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

/** In units of the node's timeout. */
const GIVE_UP = 5;
