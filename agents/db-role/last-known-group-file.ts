import { randomUUID } from 'node:crypto';
import { open, readFile, rename } from 'node:fs/promises';
import { dirname } from 'node:path';
import { z } from 'zod';
import { parseGtidSet, renderGtidSet } from './gtid-set.ts';
import type { LastKnownGroup } from './last-known-group.ts';

const schema = z.strictObject({
  members: z.array(z.string()),
  primary: z.string().nullable(),
  primaryStartedAtMs: z.number().nullable(),
  executed: z.string(),
  seenAt: z.iso.datetime(),
  session: z.string(),
});

/**
 * Reads the group that the agent saved before its restart. `undefined` if the file is missing. Throws if it is unreadable, so that the
 * caller can report the damage.
 */
export async function readLastKnownGroup(path: string): Promise<LastKnownGroup | undefined> {
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

/** Replaces the file atomically; it is on disk when this resolves. */
export async function writeLastKnownGroup(path: string, group: LastKnownGroup): Promise<void> {
  const text = JSON.stringify({
    members: group.members,
    primary: group.primary ?? null,
    primaryStartedAtMs: group.primaryStartedAtMs ?? null,
    executed: renderGtidSet(group.executed),
    seenAt: group.seenAt.toISOString(),
    session: group.session,
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
  // The rename is durable only once the folder is synced. kit/durable-file.ts is not used here, because it would block the event loop.
  const folder = await open(dirname(path), 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}
