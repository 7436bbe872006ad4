import { appendFileSync, closeSync, existsSync, fsyncSync, openSync, readFileSync } from 'node:fs';
import { z } from 'zod';
import { writeDurably } from '../../kit/durable-file.ts';
import { type Told, type NotifiedState, wordSchema } from './notified-state.ts';

export const lineSchema = wordSchema.extend({ key: z.string() });

/** What people were told about the alert of this key. */
export type Line = Readonly<z.infer<typeof lineSchema>>;

/** What was told to people, on disk before {@link Journal.append} returns. Where the disk takes no more, that is thrown, and remembered until the process ends. */
export interface Journal {
  readonly find: (key: string) => Told;
  /** The last word about each alert that was told between these times (epoch ms): at most {@link MOST_RECENT}, the latest. */
  readonly between: (fromMs: number, toMs: number) => readonly Line[];
  readonly append: (lines: readonly Line[]) => void;
}

/** How many alerts are remembered; older ones do not come again. */
const KEPT_ALERTS = 5_000;

/** Each takes about 100 bytes; as many alerts end in 15 minutes only in a storm. */
const MOST_RECENT = 1_000;

/** With more lines than this in its file it is written anew, one line for each alert. */
const MAX_LINES = 4 * KEPT_ALERTS;

/** Opens the journal and shortens it to what is remembered. A line that a kill or a full disk cut in two is left out. */
export function openJournal(path: string): Journal {
  const told = new Map<string, NotifiedState>();
  const remember = ({ key, ...word }: Line): void => {
    told.delete(key);
    told.set(key, word);
    const [oldest] = told.keys();
    if (told.size > KEPT_ALERTS && oldest !== undefined) told.delete(oldest);
  };
  let lines = 0;
  let isWhole = true;
  const shorten = (): void => {
    const remembered = [...told].map(([key, word]) => ({ key, ...word }));
    writeDurably(path, textOf(remembered));
    lines = remembered.length;
    isWhole = true;
  };
  if (existsSync(path)) readLines(readFileSync(path, 'utf8')).forEach(remember);
  shorten();
  return {
    find: (key) => told.get(key),
    between: (fromMs, toMs) =>
      [...told]
        .filter(([, { atMs }]) => atMs >= fromMs && atMs <= toMs)
        .slice(-MOST_RECENT)
        .map(([key, word]) => ({ key, ...word })),
    append: (added) => {
      added.forEach(remember);
      if (lines + added.length > MAX_LINES) {
        shorten();
        return;
      }
      // What follows a part of a line would be lost with it.
      const text = `${isWhole ? '' : '\n'}${textOf(added)}`;
      isWhole = false;
      const file = openSync(path, 'a', 0o600);
      try {
        appendFileSync(file, text);
        fsyncSync(file);
      } finally {
        closeSync(file);
      }
      isWhole = true;
      lines += added.length;
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
