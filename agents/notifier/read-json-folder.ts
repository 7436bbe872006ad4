import { readFileSync, readdirSync, unlinkSync } from 'node:fs';
import { join } from 'node:path';
import { messageOf } from '../../kit/errors.ts';
import { cleanLine } from './clean-text.ts';
import type { DeadLetters } from './dead-letters.ts';

interface ReadOptions<T> {
  /** What the folder contains, for log lines. */
  readonly contents: string;
  /** Parses the text of `<key>.json`; throws if it is damaged. */
  readonly parse: (text: string, key: string) => T;
  readonly deadLetters: DeadLetters;
  readonly log: (line: string) => void;
  /** The name of a damaged file in the dead-letter queue. */
  readonly deadLetterName: (key: string) => string;
}

const EXTENSION = '.json';

/**
 * Reads all `<key>.json` of a folder, in the order of their names. Unreadable files are logged and moved to the dead-letter queue, so
 * that they do not block other mails. Files with another extension are incomplete writes (kit/durable-file.ts) and are deleted.
 */
export function readJsonFolder<T>(
  folder: string,
  { contents, parse, deadLetters, log, deadLetterName }: ReadOptions<T>,
): readonly T[] {
  return readdirSync(folder)
    .toSorted()
    .flatMap((name) => {
      const path = join(folder, name);
      const key = name.endsWith(EXTENSION) ? name.slice(0, -EXTENSION.length) : undefined;
      try {
        if (key !== undefined) return [parse(readFileSync(path, 'utf8'), key)];
        unlinkSync(path);
      } catch (error) {
        deadLetters.move(path, deadLetterName(key ?? name));
        log(
          `${name} of ${contents} is damaged and was moved to the dead-letter queue: ${cleanLine(messageOf(error), 300)}`,
        );
      }
      return [];
    });
}
