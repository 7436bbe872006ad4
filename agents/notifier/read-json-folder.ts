import { readFileSync, readdirSync, unlinkSync } from 'node:fs';
import { join } from 'node:path';
import { messageOf } from '../../kit/errors.ts';
import { cleanLine } from './clean-text.ts';
import type { DeadLetters } from './dead-letters.ts';

interface Reading<T> {
  /** What the files are of, as a log line says it. */
  readonly of: string;
  /** What the text of `<key>.json` says; throws when it is damaged. */
  readonly parse: (text: string, key: string) => T;
  readonly dead: DeadLetters;
  readonly log: (line: string) => void;
  /** What a damaged file is called among the dead. */
  readonly deadName: (key: string) => string;
}

const ENDING = '.json';

/**
 * Reads all `<key>.json` of a folder, in the order of their names. What cannot be read is laid with the dead, and told: it must keep no
 * mail from being sent. Whatever has another ending was never written whole (kit/durable-file.ts), and goes.
 */
export function readJsonFolder<T>(folder: string, { of, parse, dead, log, deadName }: Reading<T>): readonly T[] {
  return readdirSync(folder)
    .toSorted()
    .flatMap((name) => {
      const path = join(folder, name);
      const key = name.endsWith(ENDING) ? name.slice(0, -ENDING.length) : undefined;
      try {
        if (key !== undefined) return [parse(readFileSync(path, 'utf8'), key)];
        unlinkSync(path);
      } catch (error) {
        dead.move(path, deadName(key ?? name));
        log(`${name} of ${of} is damaged and was put aside: ${cleanLine(messageOf(error), 300)}`);
      }
      return [];
    });
}
