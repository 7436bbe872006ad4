import { mkdirSync, unlinkSync } from 'node:fs';
import { join } from 'node:path';
import { syncFolder, writeDurably } from '../../kit/durable-file.ts';
import { openDeadLetters } from './dead-letters.ts';
import { type Journal, openJournal } from './notification-log.ts';
import { type Known, type Told, needsNotification, repetitionOf, wordOf } from './notified-state.ts';
import { type Notification, idOf } from './notification.ts';
import { type QueuedMail, parseQueuedMail } from './queued-mail.ts';
import { readJsonFolder } from './read-json-folder.ts';
import { type OpenAlerts, openOpenAlerts } from './open-alerts.ts';
import { type Tellings, openTellings } from './inflight.ts';

/** What became of a notification that was put in. */
export type Accepted = 'queued' | 'duplicate';

/**
 * The notifications on disk: `queue/` to be sent, `telling/` what is being sent or may have arrived, `dead/` refused for good,
 * `told.jsonl` what people were told, `open/` alerts whose end they were not told. Every change is on
 * the disk (fsync) before a call returns, so a notifier that is killed goes on where it was. A kill between the server's acceptance
 * of a mail and the line in the journal sends it twice, with the same Message-ID; SMTP knows no better.
 */
export interface Spool {
  readonly queue: () => readonly QueuedMail[];
  readonly deadCount: () => number;
  readonly known: (alertKey: string) => Known;
  /** Queues the alerts of a notification that are news. */
  readonly put: (notification: Notification, nowMs: number) => Accepted;
  /** People know the alerts of this mail now. */
  readonly markTold: (mail: Pick<QueuedMail, 'notification' | 'repetition'>, nowMs: number) => void;
  /** What this notifier told between these times (epoch ms). */
  readonly toldBetween: Journal['between'];
  readonly tellings: Tellings;
  /** Does nothing when the mail is not in the queue any more; so does {@link bury}. */
  readonly drop: (mail: QueuedMail) => void;
  readonly bury: (mail: QueuedMail, reason: string) => void;
  /** Alerts whose end people have not been told. */
  readonly openAlerts: OpenAlerts;
  /** Keeps what could not be read as a notification, for a person to look at. */
  readonly buryText: (text: string, reason: string, nowMs: number) => void;
}

interface SpoolOptions {
  readonly folder: string;
  /** The same news within this time is a duplicate, later a reminder. */
  readonly repeatAfterMs: number;
  readonly log: (line: string) => void;
}

/** What of the dead is kept: thousands of mails, or some hundred of the longest texts that cannot be read. */
const DEAD_LIMITS = { files: 2_000, bytes: 16 * 1024 * 1024 } as const;

/** Opens the spool and reads what an earlier life left. Throws what the file system throws. */
export function openSpool({ folder, repeatAfterMs, log }: SpoolOptions): Spool {
  const queueFolder = join(folder, 'queue');
  mkdirSync(queueFolder, { recursive: true, mode: 0o700 });
  const dead = openDeadLetters(join(folder, 'dead'), DEAD_LIMITS);
  const journal = openJournal(join(folder, 'told.jsonl'));
  const queued = readJsonFolder(queueFolder, {
    ...{ of: 'the queue', parse: parseQueuedMail, dead, log },
    deadName: (key) => `${key}.json`,
  });
  const queue = new Map(queued.map((mail) => [mail.key, mail]));
  const tellings = openTellings(join(folder, 'telling'), { dead, log });
  for (const telling of tellings.list()) {
    if (!telling.mails.some(({ key }) => queue.has(key))) tellings.end(telling);
  }
  let counter = 0;
  // What came first is told first, also by the next life, and also where the clock was set back in between.
  let latestMs = Math.max(0, ...queued.map(({ key }) => timeOf(key) + 1));

  /** What people know, and what they will know once the queue is empty. */
  const toldSoon = (alertKey: string): Told =>
    [...queue.values()].reduce<Told>((told, { notification, queuedAtMs, repetition }) => {
      const queued = notification.alerts.findLast(({ key }) => key === alertKey);
      return queued === undefined ? told : wordOf(queued, queuedAtMs, repetition);
    }, journal.find(alertKey));
  const drop = (mail: QueuedMail): void => {
    if (!queue.delete(mail.key)) return;
    unlinkSync(join(queueFolder, `${mail.key}.json`));
    syncFolder(queueFolder);
  };
  return {
    queue: () => [...queue.values()],
    deadCount: dead.count,
    known: (alertKey) => ({
      told: journal.find(alertKey),
      queued: [...queue.values()].some((mail) => isAbout(mail, alertKey)),
      telling: tellings.list().some(({ mails }) => mails.some((mail) => isAbout(mail, alertKey))),
    }),
    put: (notification, nowMs) => {
      const facts = { nowMs, repeatAfterMs, peersKnown: false };
      const alerts = notification.alerts.filter((alert) => needsNotification(alert, toldSoon(alert.key), facts));
      if (alerts.length === 0) return 'duplicate';
      const news = { ...notification, alerts };
      counter += 1;
      latestMs = Math.max(latestMs, nowMs);
      const mail: QueuedMail = {
        key: `${nameOf(latestMs, counter)}-${idOf(news)}`,
        notification: news,
        repetition: Math.max(...alerts.map((alert) => repetitionOf(alert, toldSoon(alert.key), nowMs))),
        queuedAtMs: nowMs,
      };
      writeDurably(join(queueFolder, `${mail.key}.json`), JSON.stringify(mail));
      queue.set(mail.key, mail);
      return 'queued';
    },
    markTold: ({ notification, repetition }, nowMs) => {
      journal.append(notification.alerts.map((alert) => ({ key: alert.key, ...wordOf(alert, nowMs, repetition) })));
    },
    toldBetween: journal.between,
    tellings,
    openAlerts: openOpenAlerts(join(folder, 'open'), { dead, log }),
    drop,
    bury: (mail, reason) => {
      if (!queue.has(mail.key)) return;
      dead.lay(`${mail.key}.json`, { ...mail, reason });
      drop(mail);
    },
    buryText: (text, reason, nowMs) => {
      counter += 1;
      dead.lay(`${nameOf(nowMs, counter)}-unreadable.json`, { text, reason });
    },
  };
}

function isAbout({ notification }: QueuedMail, alertKey: string): boolean {
  return notification.alerts.some(({ key }) => key === alertKey);
}

/** Sorts by time. */
function nameOf(nowMs: number, counter: number): string {
  return `${String(nowMs).padStart(15, '0')}-${String(counter).padStart(6, '0')}`;
}

function timeOf(name: string): number {
  return Number.parseInt(name, 10) || 0;
}
