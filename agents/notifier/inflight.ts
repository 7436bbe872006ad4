import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { removeDurably, writeDurably } from '../../kit/durable-file.ts';
import type { DeadLetters } from './dead-letters.ts';
import { type QueuedMail, queuedMailSchema } from './queued-mail.ts';
import { readJsonFolder } from './read-json-folder.ts';

/**
 * The content of one outgoing mail, fixed before the first attempt: the unreported alerts of one or more queued mails. As long as it may
 * have arrived, it is resent unchanged, under the same Message-ID. Later notifications do not change it.
 */
export interface InflightMail {
  /** The key of its first queued mail; a queued mail is in at most one in-flight mail. */
  readonly id: string;
  readonly mails: readonly QueuedMail[];
}

/** The mails that are being sent or may have arrived; on disk (fsync), so that a killed notifier resends them after its restart. */
export interface InflightMails {
  readonly list: () => readonly InflightMail[];
  /** On a full disk it throws, and the entry stays in memory until the process ends. */
  readonly begin: (inflight: InflightMail) => void;
  /** Call when it is known whether the mail arrived. */
  readonly end: (inflight: InflightMail) => void;
}

const schema = z.object({ id: z.string(), mails: z.array(queuedMailSchema).min(1) });

function parseInflightMail(text: string, id: string): InflightMail {
  const inflight = schema.parse(JSON.parse(text));
  if (inflight.id !== id) throw new Error(`it contains the in-flight mail ${inflight.id}`);
  return inflight;
}

/** Opens the folder. A damaged file is moved to the dead-letter queue; its mails are still in the queue and are sent again. */
export function openInflightMails(
  folder: string,
  { deadLetters, log }: { readonly deadLetters: DeadLetters; readonly log: (line: string) => void },
): InflightMails {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const found = readJsonFolder(folder, {
    ...{ contents: 'the in-flight mails', parse: parseInflightMail, deadLetters, log },
    // The queued mail with the same key may be moved there, too.
    deadLetterName: (id) => `${id}-inflight.json`,
  });
  const byId = new Map(found.map((inflight) => [inflight.id, inflight]));
  const fileOf = (id: string): string => join(folder, `${id}.json`);
  return {
    list: () => [...byId.values()],
    begin: (inflight) => {
      byId.set(inflight.id, inflight);
      writeDurably(fileOf(inflight.id), JSON.stringify(inflight));
    },
    end: ({ id }) => {
      byId.delete(id);
      removeDurably(fileOf(id));
    },
  };
}
