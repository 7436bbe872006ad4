import { appendFileSync, closeSync, existsSync, fsyncSync, openSync, readFileSync } from 'node:fs';
import { z } from 'zod';
import { writeDurably } from '../../kit/durable-file.ts';
import type { Told } from './news.ts';

const lineSchema = z.object({ key: z.string(), status: z.enum(['firing', 'resolved']), atMs: z.number() });
type Line = Readonly<z.infer<typeof lineSchema>>;

/** What was told to people, on disk before {@link Journal.append} returns. Where the disk takes no more, that is thrown, and remembered until the process ends. */
export interface Journal {
  readonly find: (key: string) => Told;
  readonly append: (lines: readonly Line[]) => void;
}

/** How many alerts are remembered; older ones do not come again. */
const KEPT_ALERTS = 5_000;

/** Opens the journal and shortens it to what is remembered. A last line that a kill cut in two is left out. */
export function openJournal(path: string): Journal {
  const told = new Map<string, Told>();
  const remember = (line: Line): void => {
    const before = told.get(line.key);
    told.delete(line.key);
    told.set(line.key, { ...before, [`${line.status}AtMs`]: line.atMs });
    const [oldest] = told.keys();
    if (told.size > KEPT_ALERTS && oldest !== undefined) told.delete(oldest);
  };
  const lines = existsSync(path) ? readLines(readFileSync(path, 'utf8')) : [];
  lines.forEach(remember);
  writeDurably(path, textOf(lines.filter((line) => told.has(line.key))));
  return {
    find: (key) => told.get(key) ?? {},
    append: (added) => {
      added.forEach(remember);
      const file = openSync(path, 'a', 0o600);
      try {
        appendFileSync(file, textOf(added));
        fsyncSync(file);
      } finally {
        closeSync(file);
      }
    },
  };
}

function textOf(lines: readonly Line[]): string {
  return lines.map((line) => `${JSON.stringify(line)}\n`).join('');
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
