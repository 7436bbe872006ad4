import { randomUUID } from 'node:crypto';
import { open, readFile, rename } from 'node:fs/promises';
import { dirname } from 'node:path';
import { z } from 'zod';
import { parseGtidSet, renderGtidSet } from './gtid-set.ts';
import type { ViewRecord } from './last-known-group.ts';

const schema = z.strictObject({
  members: z.array(z.string()),
  primary: z.string().nullable(),
  primaryStartedAtMs: z.number().nullable(),
  executed: z.string(),
  seenAt: z.iso.datetime(),
  session: z.string(),
});

/**
 * The record of the agent's earlier life. `undefined` when there is none; throws when there is one that cannot be read, because
 * without it the agent would think that it knows nothing of any group.
 */
export async function readRecord(path: string): Promise<ViewRecord | undefined> {
  const text = await readFile(path, 'utf8').catch((error: unknown) => {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  });
  if (text === undefined) return undefined;
  const found = schema.parse(JSON.parse(text));
  return {
    members: found.members,
    primary: found.primary ?? undefined,
    primaryStartedAtMs: found.primaryStartedAtMs ?? undefined,
    executed: parseGtidSet(found.executed),
    seenAt: new Date(found.seenAt),
    session: found.session,
  };
}

/** Replaces the record as a whole; it is on the disk when this resolves. */
export async function writeRecord(path: string, record: ViewRecord): Promise<void> {
  const text = JSON.stringify({
    members: record.members,
    primary: record.primary ?? null,
    primaryStartedAtMs: record.primaryStartedAtMs ?? null,
    executed: renderGtidSet(record.executed),
    seenAt: record.seenAt.toISOString(),
    session: record.session,
  });
  const temporary = `${path}.${randomUUID()}`;
  const file = await open(temporary, 'w', 0o600);
  try {
    await file.writeFile(`${text}\n`);
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(temporary, path);
  // The new name lasts only once the folder is on the disk as well. Not by kit/durable-file.ts: that would stop the whole agent meanwhile.
  const folder = await open(dirname(path), 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}
