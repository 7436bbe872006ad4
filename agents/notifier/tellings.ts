import { mkdirSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { removeDurably, writeDurably } from '../../kit/durable-file.ts';
import { messageOf } from '../../kit/errors.ts';
import { cleanLine } from './clean-text.ts';
import type { DeadLetters } from './dead-letters.ts';
import { type QueuedMail, queuedMailSchema } from './queued-mail.ts';

/**
 * What one mail tells, fixed before it is sent for the first time: of each queued mail what is news. As long as it may have arrived, the
 * same is told again, under the same Message-ID; what came or was told since then must not make another mail of it.
 */
export interface Telling {
  /** The key of its first mail: no mail is in two tellings. */
  readonly id: string;
  readonly mails: readonly QueuedMail[];
}

/** The tellings that are under way or may have arrived; on disk (fsync), so that a killed notifier repeats what it was telling. */
export interface Tellings {
  readonly list: () => readonly Telling[];
  /** Where the disk takes no more, that is thrown, and it is remembered until the process ends. */
  readonly begin: (telling: Telling) => void;
  /** It is known whether it arrived. */
  readonly end: (telling: Telling) => void;
}

const schema = z.object({ id: z.string(), mails: z.array(queuedMailSchema).min(1) });

const ENDING = '.json';

/** Opens the folder. A damaged file is laid with the dead; its mails are in the queue and are told anew. */
export function openTellings(
  folder: string,
  { dead, log }: { readonly dead: DeadLetters; readonly log: (line: string) => void },
): Tellings {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const tellings = new Map<string, Telling>();
  for (const name of readdirSync(folder).toSorted()) {
    const path = join(folder, name);
    if (!name.endsWith(ENDING)) {
      // It was never begun.
      rmSync(path, { recursive: true });
      continue;
    }
    try {
      const telling = schema.parse(JSON.parse(readFileSync(path, 'utf8')));
      if (`${telling.id}${ENDING}` !== name) throw new Error(`it is the telling ${telling.id}`);
      tellings.set(telling.id, telling);
    } catch (error) {
      dead.move(path, `telling-${name}`);
      log(`${name} of the tellings is damaged and was put aside: ${cleanLine(messageOf(error), 300)}`);
    }
  }
  return {
    list: () => [...tellings.values()],
    begin: (telling) => {
      tellings.set(telling.id, telling);
      writeDurably(join(folder, `${telling.id}${ENDING}`), JSON.stringify(telling));
    },
    end: ({ id }) => {
      tellings.delete(id);
      removeDurably(join(folder, `${id}${ENDING}`));
    },
  };
}
