import { link, mkdir, readFile, rename, unlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { HoldfastError } from './errors.ts';
import { LOCKS } from './paths.ts';
import { ownIdentity, processIdentitySchema, processRuns } from './process-identity.ts';

/**
 * How a command uses the stack. This is the whole table of who may run beside whom:
 *
 * - `load` (`load`) and `change` (`up`, `drain`, `restart`, `roll`, `release` …) may run beside each other, but a load not beside a load, and a change
 *   not beside a change.
 * - `exclusive` (`prove`, `bench`, `down`, the tests) runs alone, so that it sees no effects of another command.
 * - Commands that only read (`status`, `plan`, `logs`, `heal`, `silence`) take no lock.
 */
export type StackUse = keyof typeof FILES_OF;

/** The lock files that each use needs, in the order in which they are taken. */
const FILES_OF = {
  load: ['load.lock'],
  change: ['stack.lock'],
  exclusive: ['stack.lock', 'load.lock'],
} as const satisfies Readonly<Record<string, readonly string[]>>;

const lockSchema = z.strictObject({
  owner: processIdentitySchema,
  /** The command of the owner, such as `prove spof/lb-active-crash`. */
  what: z.string(),
  /** ISO 8601. */
  since: z.string(),
});

type Lock = z.infer<typeof lockSchema>;

/**
 * Takes the lock on the stack for a command of any checkout. Throws `locked` with the command that excludes this one. Takes over the locks of exited
 * processes. Dispose it to release the lock.
 */
export async function openStackLock(what: string, use: StackUse, folder: string = LOCKS): Promise<AsyncDisposable> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const mine: Lock = { owner: ownIdentity(), what, since: new Date().toISOString() };
  await using taken = new AsyncDisposableStack();
  for (const name of FILES_OF[use]) taken.use(await openLockFile(join(folder, name), mine));
  return taken.move();
}

async function openLockFile(path: string, mine: Lock): Promise<AsyncDisposable> {
  const draft = `${path}.${process.pid}`;
  await writeFile(draft, JSON.stringify(mine), { mode: 0o600 });
  try {
    // Creating a link is atomic, so only one of two processes succeeds.
    for (let attempts = 0; attempts < 5; attempts += 1) {
      if (await tryLink(draft, path)) return { [Symbol.asyncDispose]: () => release(path, mine) };
      const holder = await readLock(path);
      if (holder !== undefined && processRuns(holder.owner)) throw refusal(holder, mine.what);
      if (holder !== undefined) await removeStaleLock(path, holder);
    }
  } finally {
    await unlink(draft).catch(() => undefined);
  }
  throw new HoldfastError('locked', `Could not take the lock ${path}: other commands keep taking it.`);
}

function refusal(holder: Lock, what: string): HoldfastError {
  return new HoldfastError(
    'locked',
    `The stack is in use by "${holder.what}" (process ${holder.owner.pid}, since ${holder.since}); "${what}" cannot run beside it.`,
    { fix: `Wait for it, or stop it with: kill ${holder.owner.pid}` },
  );
}

async function tryLink(draft: string, path: string): Promise<boolean> {
  try {
    await link(draft, path);
    return true;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return false;
    throw error;
  }
}

/** Removes the lock of an exited process. If another process has replaced it meanwhile, restores that lock. */
async function removeStaleLock(path: string, stale: Lock): Promise<void> {
  const stalePath = `${path}.${process.pid}.stale`;
  try {
    await rename(path, stalePath);
  } catch {
    return;
  }
  const moved = await readLock(stalePath);
  if (moved !== undefined && moved.since !== stale.since) await link(stalePath, path).catch(() => undefined);
  await unlink(stalePath).catch(() => undefined);
}

/** Reads the lock; `undefined` if it is missing or invalid. An invalid lock has no owner, so it is removed. */
async function readLock(path: string): Promise<Lock | undefined> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch {
    return undefined;
  }
  try {
    return lockSchema.parse(JSON.parse(text));
  } catch {
    await unlink(path).catch(() => undefined);
    return undefined;
  }
}

async function release(path: string, mine: Lock): Promise<void> {
  const holder = await readLock(path);
  if (holder?.owner.pid === mine.owner.pid && holder.owner.startTicks === mine.owner.startTicks) await unlink(path);
}
