import { link, mkdir, readFile, rename, unlink, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { z } from 'zod';
import { HoldfastError } from './errors.ts';
import { STACK_LOCK } from './paths.ts';
import { ownIdentity, processIdentitySchema, processRuns } from './process-identity.ts';

const lockSchema = z.strictObject({
  owner: processIdentitySchema,
  /** What it does, e.g. `prove spof/lb-active-crash`. */
  what: z.string(),
  /** ISO 8601. */
  since: z.string(),
});

type Lock = z.infer<typeof lockSchema>;

/**
 * Takes the lock on the stack: only one may change, load or break it at a time, from whatever checkout, or each would see the other's
 * doings. Throws `locked` with who holds it. A lock whose owner is dead is taken over. Released by disposing.
 */
export async function openStackLock(what: string, path: string = STACK_LOCK): Promise<AsyncDisposable> {
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  const mine: Lock = { owner: ownIdentity(), what, since: new Date().toISOString() };
  const draft = `${path}.${process.pid}`;
  await writeFile(draft, JSON.stringify(mine), { mode: 0o600 });
  try {
    // A link is made or not, never half: of two that try, one gets it.
    for (let tries = 0; tries < 5; tries += 1) {
      if (await tryLink(draft, path)) return { [Symbol.asyncDispose]: () => release(path, mine) };
      const holder = await readLock(path);
      if (holder !== undefined && processRuns(holder.owner)) throw refusal(holder);
      if (holder !== undefined) await buryLock(path, holder);
    }
  } finally {
    await unlink(draft).catch(() => undefined);
  }
  throw new HoldfastError('locked', `Could not take the lock ${path}: other commands keep taking it.`);
}

function refusal(holder: Lock): HoldfastError {
  return new HoldfastError(
    'locked',
    `The stack is in use by "${holder.what}" (process ${holder.owner.pid}, since ${holder.since}). Only one command can use it at a time.`,
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

/** Clears away the lock of a dead owner. Another process may have done so and taken the lock meanwhile: that one is put back. */
async function buryLock(path: string, dead: Lock): Promise<void> {
  const grave = `${path}.${process.pid}.stale`;
  try {
    await rename(path, grave);
  } catch {
    return;
  }
  const buried = await readLock(grave);
  if (buried !== undefined && buried.since !== dead.since) await link(grave, path).catch(() => undefined);
  await unlink(grave).catch(() => undefined);
}

/** Undefined when there is none any more, or when what is there is no lock: then nobody can hold it, and it is cleared away. */
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
