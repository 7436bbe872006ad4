import { appendFileSync, closeSync, existsSync, fsyncSync, openSync, readFileSync } from 'node:fs';
import { z } from 'zod';
import { writeDurably } from '../../kit/durable-file.ts';
import { type LastNotified, type NotifiedState, notifiedStateSchema } from './notified-state.ts';

export const logEntrySchema = notifiedStateSchema.extend({ key: z.string() });

/** The last mailed state of the alert with this key. */
export type LogEntry = Readonly<z.infer<typeof logEntrySchema>>;

/** The mailed states, on disk before {@link NotificationLog.append} returns. On a full disk it throws, and the entries stay in memory until the process ends. */
export interface NotificationLog {
  readonly find: (key: string) => LastNotified;
  /** The last state of each alert that was mailed between these times (epoch ms): at most the latest {@link MAX_RECENT}. */
  readonly between: (fromMs: number, toMs: number) => readonly LogEntry[];
  readonly append: (lines: readonly LogEntry[]) => void;
}

/** Maximum number of alerts in the log; older alerts do not recur. */
const MAX_ALERTS = 5_000;

/** Each entry takes about 100 bytes. Only in an alert storm do more alerts end within 15 minutes. */
const MAX_RECENT = 1_000;

/** Above this number of lines the file is rewritten, with one line per alert. */
const MAX_LINES = 4 * MAX_ALERTS;

/** Opens the log and compacts its file. Skips lines that a kill or a full disk truncated. */
export function openNotificationLog(path: string): NotificationLog {
  const states = new Map<string, NotifiedState>();
  const remember = ({ key, ...state }: LogEntry): void => {
    states.delete(key);
    states.set(key, state);
    const [oldest] = states.keys();
    if (states.size > MAX_ALERTS && oldest !== undefined) states.delete(oldest);
  };
  let lines = 0;
  let isLastLineComplete = true;
  const compact = (): void => {
    const entries = [...states].map(([key, state]) => ({ key, ...state }));
    writeDurably(path, textOf(entries));
    lines = entries.length;
    isLastLineComplete = true;
  };
  if (existsSync(path)) readLines(readFileSync(path, 'utf8')).forEach(remember);
  compact();
  return {
    find: (key) => states.get(key),
    between: (fromMs, toMs) =>
      [...states]
        .filter(([, { atMs }]) => atMs >= fromMs && atMs <= toMs)
        .slice(-MAX_RECENT)
        .map(([key, state]) => ({ key, ...state })),
    append: (added) => {
      added.forEach(remember);
      if (lines + added.length > MAX_LINES) {
        compact();
        return;
      }
      // An entry right after a truncated line would be unreadable.
      const text = `${isLastLineComplete ? '' : '\n'}${textOf(added)}`;
      isLastLineComplete = false;
      const file = openSync(path, 'a', 0o600);
      try {
        appendFileSync(file, text);
        fsyncSync(file);
      } finally {
        closeSync(file);
      }
      isLastLineComplete = true;
      lines += added.length;
    },
  };
}

function textOf(lines: readonly LogEntry[]): string {
  return lines.map((line) => `${JSON.stringify(line)}\n`).join('');
}

function readLines(text: string): readonly LogEntry[] {
  return text.split('\n').flatMap((line) => {
    try {
      const parsed = logEntrySchema.safeParse(JSON.parse(line));
      return parsed.success ? [parsed.data] : [];
    } catch {
      return [];
    }
  });
}
