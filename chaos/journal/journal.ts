import { mkdir, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { messageOf } from '../../kit/errors.ts';
import { removeDurably, writeDurably } from '../../kit/durable-file.ts';
import { faultRecordSchema, type FaultRecord } from './fault-record.ts';

/** A record that cannot be parsed. It stays on disk and is reported by every read. */
export interface UnreadableRecord {
  readonly path: string;
  readonly reason: string;
}

export interface JournalContent {
  /** Oldest first. */
  readonly open: readonly FaultRecord[];
  readonly unreadable: readonly UnreadableRecord[];
}

/** The faults that are, or may be, in place: one file each, written before the injection and removed after the confirmed revert. */
export interface Journal {
  readonly folder: string;
  /** The file and its folder are synced to disk when this returns. */
  write(record: FaultRecord): Promise<void>;
  /** To be called after the revert of the fault is confirmed. */
  remove(id: string): Promise<void>;
  read(): Promise<JournalContent>;
}

export function openJournal(folder: string): Journal {
  const pathOf = (id: string): string => join(folder, `${id}.json`);
  return {
    folder,
    write: async (record) => {
      await mkdir(folder, { recursive: true });
      writeDurably(pathOf(record.id), `${JSON.stringify(faultRecordSchema.parse(record), undefined, 2)}\n`);
    },
    remove: (id) => {
      removeDurably(pathOf(id));
      return Promise.resolve();
    },
    read: () => readJournal(folder),
  };
}

async function readJournal(folder: string): Promise<JournalContent> {
  await mkdir(folder, { recursive: true });
  const names = (await readdir(folder)).filter((name) => name.endsWith('.json'));
  const open: FaultRecord[] = [];
  const unreadable: UnreadableRecord[] = [];
  for (const name of names) {
    const path = join(folder, name);
    try {
      open.push(faultRecordSchema.parse(JSON.parse(await readFile(path, 'utf8'))));
    } catch (error) {
      // Another process healed the fault between the listing and the reading.
      if (error instanceof Error && 'code' in error && error.code === 'ENOENT') continue;
      unreadable.push({ path, reason: messageOf(error) });
    }
  }
  return { open: open.sort((a, b) => a.createdAt - b.createdAt), unreadable };
}
