import { mkdir, open, readFile, readdir, rename, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import type { Mail, MailSummary } from '../../deploy/tiers/mail/mailbox-api.ts';
import { parseMail, summaryOf } from './parse-mail.ts';

/** The mails on disk, one `.eml` each, and an index of them in memory. */
export interface MailStore {
  /**
   * The mail is on disk (fsync) when it returns. If an SMTP connection breaks before the reply, the sender does not know whether the mail
   * arrived and may resend it. So a mail with a stored Message-ID is only counted.
   */
  readonly add: (source: Buffer, receivedAtMs: number) => Promise<MailSummary>;
  /** Received at or after that time, oldest first. */
  readonly list: (sinceMs: number) => readonly MailSummary[];
  readonly read: (id: string) => Promise<Mail | undefined>;
  /** The unparsed mail. */
  readonly source: (id: string) => Promise<Buffer | undefined>;
  /** Removes all mails and returns their number. */
  readonly clear: () => Promise<number>;
}

const EXTENSION = '.eml';

/** Opens the folder and loads its mails. Beyond `maxMails` the oldest is removed. */
export async function openMailStore(folder: string, maxMails: number): Promise<MailStore> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const index = new Map<string, MailSummary>();
  for (const name of (await readdir(folder)).toSorted()) {
    const id = name.slice(0, -EXTENSION.length);
    if (!name.endsWith(EXTENSION)) await unlink(join(folder, name));
    else index.set(id, summaryOf(await load(folder, id)));
  }
  let counter = 0;

  const remove = async (id: string): Promise<void> => {
    index.delete(id);
    await unlink(join(folder, `${id}${EXTENSION}`));
  };
  const add = async (source: Buffer, receivedAtMs: number): Promise<MailSummary> => {
    counter += 1;
    const id = `${String(receivedAtMs).padStart(15, '0')}-${String(counter).padStart(6, '0')}`;
    const summary = summaryOf(await parseMail({ id, receivedAtMs, source }));
    const first = [...index.values()].find(({ messageId }) => messageId !== '' && messageId === summary.messageId);
    if (first !== undefined) {
      const counted = { ...first, copies: first.copies + 1 };
      index.set(first.id, counted);
      return counted;
    }
    await writeDurably(join(folder, `${id}${EXTENSION}`), source);
    index.set(id, summary);
    for (const oldest of [...index.keys()].slice(0, Math.max(0, index.size - maxMails))) await remove(oldest);
    return summary;
  };
  let adding: Promise<unknown> = Promise.resolve();
  return {
    // Add mails sequentially, because two identical ones may arrive concurrently.
    add: async (source, receivedAtMs) => {
      const added = adding.then(() => add(source, receivedAtMs));
      adding = added.catch(() => undefined);
      return added;
    },
    list: (sinceMs) => [...index.values()].filter((mail) => mail.receivedAtMs >= sinceMs),
    read: async (id) => (index.has(id) ? load(folder, id) : undefined),
    source: async (id) => (index.has(id) ? readFile(join(folder, `${id}${EXTENSION}`)) : undefined),
    clear: async () => {
      const ids = [...index.keys()];
      for (const id of ids) await remove(id);
      return ids.length;
    },
  };
}

async function load(folder: string, id: string): Promise<Mail> {
  const source = await readFile(join(folder, `${id}${EXTENSION}`));
  return parseMail({ id, receivedAtMs: Number(id.split('-')[0]), source });
}

async function writeDurably(path: string, content: Buffer): Promise<void> {
  const file = await open(`${path}.new`, 'w', 0o600);
  try {
    await file.writeFile(content);
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(`${path}.new`, path);
}
