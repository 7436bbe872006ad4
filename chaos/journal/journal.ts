import { mkdir, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { messageOf } from '../../kit/errors.ts';
import { removeDurably, writeDurably } from '../../kit/durable-file.ts';
import { faultRecordSchema, type FaultRecord } from './fault-record.ts';

/** A record that nobody can act on. It stays where it is, and is told at each reading. */
export interface UnreadableRecord {
  readonly path: string;
  readonly reason: string;
}

export interface JournalContent {
  /** Oldest first. */
  readonly open: readonly FaultRecord[];
  readonly unreadable: readonly UnreadableRecord[];
}

/** The faults that are, or may be, in the world: one file each, written before the fault and removed when it is seen to be gone. */
export interface Journal {
  readonly folder: string;
  /** On disk, file and folder, when this returns. */
  write(record: FaultRecord): Promise<void>;
  /** The fault is gone and was seen to be gone. */
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
      // Another process healed it between the listing and the reading.
      if (error instanceof Error && 'code' in error && error.code === 'ENOENT') continue;
      unreadable.push({ path, reason: messageOf(error) });
    }
  }
  return { open: open.sort((a, b) => a.createdAt - b.createdAt), unreadable };
}
