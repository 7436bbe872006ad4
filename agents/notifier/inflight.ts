import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { removeDurably, writeDurably } from '../../kit/durable-file.ts';
import type { DeadLetters } from './dead-letters.ts';
import { type QueuedMail, queuedMailSchema } from './queued-mail.ts';
import { readJsonFolder } from './read-json-folder.ts';

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

function parseTelling(text: string, id: string): Telling {
  const telling = schema.parse(JSON.parse(text));
  if (telling.id !== id) throw new Error(`it is the telling ${telling.id}`);
  return telling;
}

/** Opens the folder. A damaged file is laid with the dead; its mails are in the queue and are told anew. */
export function openTellings(
  folder: string,
  { dead, log }: { readonly dead: DeadLetters; readonly log: (line: string) => void },
): Tellings {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const begun = readJsonFolder(folder, {
    ...{ of: 'the tellings', parse: parseTelling, dead, log },
    // The mail that it is called after may be laid there, too.
    deadName: (id) => `${id}-telling.json`,
  });
  const tellings = new Map(begun.map((telling) => [telling.id, telling]));
  const fileOf = (id: string): string => join(folder, `${id}.json`);
  return {
    list: () => [...tellings.values()],
    begin: (telling) => {
      tellings.set(telling.id, telling);
      writeDurably(fileOf(telling.id), JSON.stringify(telling));
    },
    end: ({ id }) => {
      tellings.delete(id);
      removeDurably(fileOf(id));
    },
  };
}
