import { mkdirSync, unlinkSync } from 'node:fs';
import { join } from 'node:path';
import { syncFolder, writeDurably } from '../../kit/durable-file.ts';
import { adoptOldName } from './adopt-old-name.ts';
import { openDeadLetters } from './dead-letters.ts';
import { type NotificationLog, openNotificationLog } from './notification-log.ts';
import {
  type AlertKnowledge,
  type LastNotified,
  needsNotification,
  repetitionOf,
  notifiedStateOf,
} from './notified-state.ts';
import { type Notification, idOf } from './notification.ts';
import { type QueuedMail, parseQueuedMail } from './queued-mail.ts';
import { readJsonFolder } from './read-json-folder.ts';
import { type OpenAlerts, openOpenAlerts } from './open-alerts.ts';
import { type InflightMails, openInflightMails } from './inflight.ts';

/** The result of putting a notification into the spool. */
export type Accepted = 'queued' | 'duplicate';

/**
 * The notifications on disk: `queue/` to be sent, `inflight/` in flight or possibly arrived, `dead/` dead letters, `notified.jsonl` the
 * notification log, `open/` alerts whose end was not mailed. Every change is on disk (fsync) before a call returns, so a killed
 * notifier continues where it stopped. A kill between the server's acceptance of a mail and the log entry sends the mail twice, with
 * the same Message-ID. SMTP cannot prevent that.
 */
export interface Spool {
  readonly queue: () => readonly QueuedMail[];
  readonly deadCount: () => number;
  readonly knowledgeOf: (alertKey: string) => AlertKnowledge;
  /** Queues the alerts of a notification that need one, see {@link needsNotification}. */
  readonly put: (notification: Notification, nowMs: number) => Accepted;
  /** Records that this mail was sent. */
  readonly markNotified: (mail: Pick<QueuedMail, 'notification' | 'repetition'>, nowMs: number) => void;
  /** The states that this notifier mailed between these times (epoch ms). */
  readonly notifiedBetween: NotificationLog['between'];
  readonly inflight: InflightMails;
  /** Removes a mail from the queue. Like {@link deadLetter}, does nothing if the mail is not in the queue. */
  readonly drop: (mail: QueuedMail) => void;
  readonly deadLetter: (mail: QueuedMail, reason: string) => void;
  /** Alerts whose end was not mailed. */
  readonly openAlerts: OpenAlerts;
  /** Keeps an unreadable notification for inspection. */
  readonly deadLetterText: (text: string, reason: string, nowMs: number) => void;
}

interface SpoolOptions {
  readonly folder: string;
  /** The same notification within this time is a duplicate, later a reminder. */
  readonly repeatAfterMs: number;
  readonly log: (line: string) => void;
}

/** Enough for thousands of mails, or some hundred of the longest unreadable texts. */
const DEAD_LETTER_LIMITS = { files: 2_000, bytes: 16 * 1024 * 1024 } as const;

/** Opens the spool and reads its files. Throws the errors of the file system. */
export function openSpool({ folder, repeatAfterMs, log }: SpoolOptions): Spool {
  const queueFolder = join(folder, 'queue');
  mkdirSync(queueFolder, { recursive: true, mode: 0o700 });
  const deadLetters = openDeadLetters(join(folder, 'dead'), DEAD_LETTER_LIMITS);
  adoptOldName(folder, 'told.jsonl', 'notified.jsonl');
  adoptOldName(folder, 'telling', 'inflight');
  const notificationLog = openNotificationLog(join(folder, 'notified.jsonl'));
  const queued = readJsonFolder(queueFolder, {
    ...{ contents: 'the queue', parse: parseQueuedMail, deadLetters, log },
    deadLetterName: (key) => `${key}.json`,
  });
  const queue = new Map(queued.map((mail) => [mail.key, mail]));
  const inflight = openInflightMails(join(folder, 'inflight'), { deadLetters, log });
  for (const inflightMail of inflight.list()) {
    if (!inflightMail.mails.some(({ key }) => queue.has(key))) inflight.end(inflightMail);
  }
  let counter = 0;
  // Keys must sort by arrival, also after a restart and after the clock was set back.
  let latestMs = Math.max(0, ...queued.map(({ key }) => timeOf(key) + 1));

  /** The last mailed state once the queue is empty. */
  const expectedState = (alertKey: string): LastNotified =>
    [...queue.values()].reduce<LastNotified>((state, { notification, queuedAtMs, repetition }) => {
      const queued = notification.alerts.findLast(({ key }) => key === alertKey);
      return queued === undefined ? state : notifiedStateOf(queued, queuedAtMs, repetition);
    }, notificationLog.find(alertKey));
  const drop = (mail: QueuedMail): void => {
    if (!queue.delete(mail.key)) return;
    unlinkSync(join(queueFolder, `${mail.key}.json`));
    syncFolder(queueFolder);
  };
  return {
    queue: () => [...queue.values()],
    deadCount: deadLetters.count,
    knowledgeOf: (alertKey) => ({
      notified: notificationLog.find(alertKey),
      queued: [...queue.values()].some((mail) => isAbout(mail, alertKey)),
      inflight: inflight.list().some(({ mails }) => mails.some((mail) => isAbout(mail, alertKey))),
    }),
    put: (notification, nowMs) => {
      const context = { nowMs, repeatAfterMs, allPeersResponded: false };
      const alerts = notification.alerts.filter((alert) => needsNotification(alert, expectedState(alert.key), context));
      if (alerts.length === 0) return 'duplicate';
      const unreported = { ...notification, alerts };
      counter += 1;
      latestMs = Math.max(latestMs, nowMs);
      const mail: QueuedMail = {
        key: `${nameOf(latestMs, counter)}-${idOf(unreported)}`,
        notification: unreported,
        repetition: Math.max(...alerts.map((alert) => repetitionOf(alert, expectedState(alert.key), nowMs))),
        queuedAtMs: nowMs,
      };
      writeDurably(join(queueFolder, `${mail.key}.json`), JSON.stringify(mail));
      queue.set(mail.key, mail);
      return 'queued';
    },
    markNotified: ({ notification, repetition }, nowMs) => {
      notificationLog.append(
        notification.alerts.map((alert) => ({ key: alert.key, ...notifiedStateOf(alert, nowMs, repetition) })),
      );
    },
    notifiedBetween: notificationLog.between,
    inflight,
    openAlerts: openOpenAlerts(join(folder, 'open'), { deadLetters, log }),
    drop,
    deadLetter: (mail, reason) => {
      if (!queue.has(mail.key)) return;
      deadLetters.add(`${mail.key}.json`, { ...mail, reason });
      drop(mail);
    },
    deadLetterText: (text, reason, nowMs) => {
      counter += 1;
      deadLetters.add(`${nameOf(nowMs, counter)}-unreadable.json`, { text, reason });
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
