import { appendFileSync, closeSync, existsSync, fsyncSync, openSync, readFileSync } from 'node:fs';
import { basename, dirname } from 'node:path';
import { z } from 'zod';
import { writeDurably } from './durable-file.ts';

const lineSchema = z.object({ id: z.string(), repetition: z.number(), atMs: z.number() });
type Line = Readonly<z.infer<typeof lineSchema>>;

interface Sent {
  /** How many mails told this news. */
  readonly count: number;
  readonly lastAtMs: number;
}

/** What was sent, on disk before {@link Journal.append} returns. */
export interface Journal {
  readonly find: (id: string) => Sent | undefined;
  readonly append: (line: Line) => void;
}

/** How many notifications are remembered; alerts older than these do not come again. */
const KEPT_LINES = 5_000;

/** Opens the journal and shortens it to its newest lines. A last line that a kill cut in two is left out. */
export function openJournal(path: string): Journal {
  const lines = existsSync(path) ? readLines(readFileSync(path, 'utf8')).slice(-KEPT_LINES) : [];
  const sent = new Map<string, Sent>();
  const remember = (line: Line): void => {
    sent.delete(line.id);
    sent.set(line.id, { count: line.repetition + 1, lastAtMs: line.atMs });
    const [oldest] = sent.keys();
    if (sent.size > KEPT_LINES && oldest !== undefined) sent.delete(oldest);
  };
  lines.forEach(remember);
  writeDurably(dirname(path), basename(path), lines.map((line) => `${JSON.stringify(line)}\n`).join(''));
  return {
    find: (id) => sent.get(id),
    append: (line) => {
      const file = openSync(path, 'a', 0o600);
      try {
        appendFileSync(file, `${JSON.stringify(line)}\n`);
        fsyncSync(file);
      } finally {
        closeSync(file);
      }
      remember(line);
    },
  };
}

function readLines(text: string): readonly Line[] {
  return text.split('\n').flatMap((line) => {
    try {
      const parsed = lineSchema.safeParse(JSON.parse(line));
      return parsed.success ? [parsed.data] : [];
    } catch {
      return [];
    }
  });
}
