import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { removeDurably, writeDurably } from '../../kit/durable-file.ts';
import type { DeadLetters } from './dead-letters.ts';
import { digest, type NotifiedAlert } from './notification.ts';
import { notifiedAlertSchema } from './queued-mail.ts';
import { readJsonFolder } from './read-json-folder.ts';

/** An alert whose end was not mailed. */
export interface OpenAlert {
  readonly thread: string;
  readonly alert: NotifiedAlert;
  /**
   * When it ended according to Alertmanager, or when a reported end turned out to be that of an earlier occurrence (epoch ms).
   * Missing while Alertmanager reports it as firing.
   */
  readonly endsAtMs?: number | undefined;
}

/** The open alerts, one file each, on disk (fsync) before a call returns: the end of an alert must be mailed after any restart. */
export interface OpenAlerts {
  readonly list: () => readonly OpenAlert[];
  readonly find: (alertKey: string) => OpenAlert | undefined;
  readonly set: (open: OpenAlert) => void;
  readonly remove: (alertKey: string) => void;
}

const schema: z.ZodType<OpenAlert> = z.object({
  thread: z.string(),
  alert: notifiedAlertSchema,
  endsAtMs: z.number().optional(),
});

/** Opens the folder. A damaged file is moved to the dead-letter queue, and its alert is forgotten. */
export function openOpenAlerts(
  folder: string,
  { deadLetters, log }: { readonly deadLetters: DeadLetters; readonly log: (line: string) => void },
): OpenAlerts {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const found = readJsonFolder(folder, {
    ...{ contents: 'the open alerts', deadLetters, log },
    parse: (text) => schema.parse(JSON.parse(text)),
    deadLetterName: (name) => `${name}-open-alert.json`,
  });
  const alerts = new Map(found.map((open) => [open.alert.key, open]));
  // A key may contain characters that are invalid in file names.
  const fileOf = (key: string): string => join(folder, `${digest([key])}.json`);
  return {
    list: () => [...alerts.values()],
    find: (key) => alerts.get(key),
    set: (open) => {
      const { key } = open.alert;
      const text = JSON.stringify(open);
      if (JSON.stringify(alerts.get(key)) === text) return;
      alerts.set(key, open);
      writeDurably(fileOf(key), text);
    },
    remove: (key) => {
      if (alerts.delete(key)) removeDurably(fileOf(key));
    },
  };
}
