import { mkdirSync, readFileSync, readdirSync, unlinkSync } from 'node:fs';
import { join } from 'node:path';
import type { Notification } from './notification.ts';
import { syncFolder, writeDurably } from './durable-file.ts';
import { type Journal, openJournal } from './journal.ts';

/** A mail that has to be sent. */
export interface QueuedMail {
  /** File name without ending; sorts by the order of arrival. */
  readonly key: string;
  readonly notification: Notification;
  /** How many mails told the same news before. */
  readonly repetition: number;
  readonly queuedAtMs: number;
}

/** What became of a notification that was put in. */
export type Accepted = 'queued' | 'duplicate';

/**
 * The notifications on disk: `queue/` to be sent, `dead/` refused for good, `sent.jsonl` the ones sent. Every change is on the
 * disk (fsync) before a call returns, so a notifier that is killed goes on where it was. A kill between the server's acceptance
 * of a mail and the line in the journal sends it twice, with the same Message-ID; SMTP knows no better.
 */
export interface Spool {
  readonly queue: () => readonly QueuedMail[];
  readonly deadCount: () => number;
  readonly put: (notification: Notification, nowMs: number) => Accepted;
  readonly markSent: (mail: QueuedMail, nowMs: number) => void;
  readonly bury: (mail: QueuedMail, reason: string) => void;
  /** Keeps what could not be read as a notification, for a person to look at. */
  readonly buryText: (text: string, reason: string, nowMs: number) => void;
}

interface SpoolOptions {
  readonly folder: string;
  /** The same news within this time is a duplicate, later a reminder. */
  readonly repeatAfterMs: number;
}

/** Opens the spool and reads what an earlier life left. Throws what the file system throws. */
export function openSpool({ folder, repeatAfterMs }: SpoolOptions): Spool {
  const queueFolder = join(folder, 'queue');
  const deadFolder = join(folder, 'dead');
  for (const path of [queueFolder, deadFolder]) mkdirSync(path, { recursive: true, mode: 0o700 });
  const journal = openJournal(join(folder, 'sent.jsonl'));
  const queue = new Map(readQueue(queueFolder, journal).map((mail) => [mail.key, mail]));
  let dead = readdirSync(deadFolder).length;
  let counter = 0;

  const drop = (mail: QueuedMail): void => {
    queue.delete(mail.key);
    unlinkSync(join(queueFolder, `${mail.key}.json`));
    syncFolder(queueFolder);
  };
  const lay = (name: string, content: object): void => {
    writeDurably(deadFolder, name, JSON.stringify(content));
    dead += 1;
  };
  return {
    queue: () => [...queue.values()],
    deadCount: () => dead,
    put: (notification, nowMs) => {
      const sent = journal.find(notification.id);
      const queued = [...queue.values()].some((mail) => mail.notification.id === notification.id);
      if (queued || (sent !== undefined && nowMs - sent.lastAtMs < repeatAfterMs)) return 'duplicate';
      const mail: QueuedMail = {
        key: `${String(nowMs).padStart(15, '0')}-${String((counter += 1)).padStart(6, '0')}-${notification.id}`,
        notification,
        repetition: sent?.count ?? 0,
        queuedAtMs: nowMs,
      };
      writeDurably(queueFolder, `${mail.key}.json`, JSON.stringify(mail));
      queue.set(mail.key, mail);
      return 'queued';
    },
    markSent: (mail, nowMs) => {
      journal.append({ id: mail.notification.id, repetition: mail.repetition, atMs: nowMs });
      drop(mail);
    },
    bury: (mail, reason) => {
      lay(`${mail.key}.json`, { ...mail, reason });
      drop(mail);
    },
    buryText: (text, reason, nowMs) => {
      lay(`${nowMs}-${(counter += 1)}-unreadable.json`, { text, reason });
    },
  };
}

/** What is still to be sent, oldest first; what the journal says was sent is only cleared away. */
function readQueue(folder: string, journal: Journal): readonly QueuedMail[] {
  const mails: QueuedMail[] = [];
  for (const name of readdirSync(folder).toSorted()) {
    const path = join(folder, name);
    // A file without its final name was never acknowledged: Alertmanager sends that notification again.
    const mail = name.endsWith('.json') ? (JSON.parse(readFileSync(path, 'utf8')) as QueuedMail) : undefined;
    const sent = mail === undefined ? undefined : journal.find(mail.notification.id);
    if (mail === undefined || (sent !== undefined && sent.count > mail.repetition)) unlinkSync(path);
    else mails.push(mail);
  }
  return mails;
}
