/** The record of releases on disk: the image that application hosts run, the one before it, and the history. Pure, except for reading and writing. */
import { mkdir, readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { z } from 'zod';
import { writeDurably } from '../../kit/durable-file.ts';
import { HoldfastError } from '../../kit/errors.ts';
import type { Operations } from '../../kit/operations.ts';
import { PATHS } from '../../kit/paths.ts';
import { processIdentitySchema, processRuns, type ProcessIdentity } from '../../kit/process-identity.ts';

const releaseSchema = z.strictObject({
  /** As `/livez` shows it. */
  version: z.string(),
  /** Full hash; `null` for the image of a work tree. */
  commit: z.string().nullable(),
  /** Tag of the image. It exists while the release is the current or the previous one. */
  tag: z.string(),
});

/** A release of the application. */
export type Release = Readonly<z.infer<typeof releaseSchema>>;

/**
 * `running`: in progress; `interrupted`, if its process has exited. `returned`: the hosts were returned to the release before it. `failed`: that was
 * not possible either.
 */
const RESULTS = ['running', 'done', 'returned', 'failed', 'interrupted'] as const;

const rolloutSchema = z.strictObject({
  /** ISO 8601. */
  startedAt: z.string(),
  endedAt: z.string().optional(),
  /** Login name of the user who started it. */
  by: z.string(),
  /** `trial`: of a guarantee. It makes its release neither the current nor the previous one. */
  action: z.enum(['release', 'rollback', 'trial']),
  from: releaseSchema,
  to: releaseSchema,
  /** `back`: hosts are being returned to `from`. */
  direction: z.enum(['forward', 'back']),
  result: z.enum(RESULTS),
  /** Why it did not end as `done`. */
  reason: z.string().optional(),
  /** Requests that hosts with the new version answered, and those that they failed. */
  requests: z.int().min(0).optional(),
  failures: z.int().min(0).optional(),
  owner: processIdentitySchema,
});

/** One rollout of a release. */
export type Rollout = Readonly<z.infer<typeof rolloutSchema>>;

/** Number of ended rollouts by result, without trials. */
const outcomesSchema = z.strictObject({
  done: z.int(),
  returned: z.int(),
  failed: z.int(),
  interrupted: z.int(),
});

const recordSchema = z.strictObject({
  /** The release that all application hosts should run. Without one, they follow the work tree: `up` gives them its image. */
  current: releaseSchema.optional(),
  /** The release before it, for a rollback. */
  previous: releaseSchema.optional(),
  /** Checksums of migrations that only add. The database may have them, also when no current release knows them. */
  additiveMigrations: z.array(z.string()),
  /** Oldest first. */
  history: z.array(rolloutSchema),
  outcomes: outcomesSchema.default({ done: 0, returned: 0, failed: 0, interrupted: 0 }),
});

export type ReleaseRecord = Readonly<z.infer<typeof recordSchema>>;

/** Number of rollouts that the record keeps. */
const KEPT_ROLLOUTS = 50;

/** The record before the first release. */
export const NO_RELEASES: ReleaseRecord = recordSchema.parse({ additiveMigrations: [], history: [] });

/** Path of the record. Its folder is readable only by its owner. */
export const RELEASE_RECORD = join(PATHS.releases, 'record.json');

/** Reads the record; an empty one before the first release. Throws `unreadable-record`. */
export async function readReleaseRecord(path: string = RELEASE_RECORD): Promise<ReleaseRecord> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return NO_RELEASES;
    throw error;
  }
  try {
    return recordSchema.parse(JSON.parse(text));
  } catch (error) {
    throw new HoldfastError('unreadable-record', `The record of releases ${path} is unreadable.`, {
      cause: error,
      fix: 'Remove it and run `./holdfast release COMMIT` with the commit that should run. Without it, hosts follow the work tree.',
    });
  }
}

/** The last rollout, as hosts see it. */
export async function readLastRollout(path: string = RELEASE_RECORD): Promise<Operations['rollout']> {
  const { history, outcomes: ended } = await readReleaseRecord(path);
  const last = history.at(-1);
  if (last === undefined) return undefined;
  const { to, startedAt, endedAt } = last;
  return { version: to.version, startedAt, ...(endedAt === undefined ? {} : { endedAt }), ended };
}

/** Writes the record atomically and durably. */
export async function writeReleaseRecord(record: ReleaseRecord, path: string = RELEASE_RECORD): Promise<void> {
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  writeDurably(path, `${JSON.stringify(record, null, 2)}\n`);
}

/** The rollout that has no end in the record: in progress or interrupted. Pure. */
export function openRollout({ history }: ReleaseRecord): Rollout | undefined {
  const last = history.at(-1);
  return last?.result === 'running' ? last : undefined;
}

/** A rollout as people should see it: one whose process has exited is interrupted. */
export function resultOf(rollout: Rollout, runs: (owner: ProcessIdentity) => boolean = processRuns): Rollout['result'] {
  return rollout.result === 'running' && !runs(rollout.owner) ? 'interrupted' : rollout.result;
}

/**
 * Starts a rollout. An earlier one without an end becomes interrupted, and earlier trials are forgotten. `migrations`: checksums of those that it adds.
 * Pure.
 */
export function beginRollout(record: ReleaseRecord, rollout: Rollout, migrations: readonly string[]): ReleaseRecord {
  const ended =
    openRollout(record) === undefined
      ? record
      : updateRollout(record, { result: 'interrupted', endedAt: rollout.startedAt });
  const history = ended.history.filter(({ action }) => action !== 'trial');
  const additiveMigrations = [...new Set([...record.additiveMigrations, ...migrations])];
  return { ...ended, additiveMigrations, history: [...history, rollout].slice(-KEPT_ROLLOUTS) };
}

/** Changes the rollout in progress, or ends it. Pure. */
export function updateRollout(record: ReleaseRecord, change: Partial<Rollout>): ReleaseRecord {
  const last = openRollout(record);
  if (last === undefined) throw new Error('no rollout is in progress');
  const rollout = { ...last, ...change };
  const { result, action } = rollout;
  const { outcomes } = record;
  return {
    ...record,
    history: [...record.history.slice(0, -1), rollout],
    outcomes: result === 'running' || action === 'trial' ? outcomes : { ...outcomes, [result]: outcomes[result] + 1 },
  };
}

/** Ends the rollout in progress as done. `isWorkTree`: its image is the one of the work tree, which the hosts follow from now on. Pure. */
export function completeRollout(
  record: ReleaseRecord,
  end: { readonly endedAt: string; readonly isWorkTree: boolean } & Pick<Rollout, 'requests' | 'failures'>,
): ReleaseRecord {
  const { isWorkTree, ...fields } = end;
  const ended = updateRollout(record, { ...fields, result: 'done' });
  const { from, to, action } = ended.history.at(-1) ?? {};
  if (from === undefined || to === undefined) throw new Error('no rollout is in progress');
  if (action === 'trial') return ended;
  // A rollout of the release that the hosts already run keeps the one before it.
  const previous = from.tag === to.tag ? record.previous : from;
  const { additiveMigrations, history, outcomes } = ended;
  return {
    additiveMigrations,
    history,
    outcomes,
    ...(isWorkTree ? {} : { current: to }),
    ...(previous === undefined ? {} : { previous }),
  };
}

/**
 * The release that application hosts should run now; `undefined`: the image of the work tree. During a rollout, the process of the rollout gets its
 * target. All others, also after an interruption, get the release from before it. Pure.
 */
export function wantedRelease(record: ReleaseRecord, own: ProcessIdentity): Release | undefined {
  const rollout = openRollout(record);
  const isOwn = rollout?.owner.pid === own.pid && rollout.owner.startTicks === own.startTicks;
  if (rollout === undefined || !isOwn) return record.current;
  return rollout.direction === 'forward' ? rollout.to : rollout.from;
}

/** Tags of images that the record needs no longer. Pure. */
export function unusedTags({ current, previous, history }: ReleaseRecord): readonly string[] {
  const kept = new Set([current?.tag, previous?.tag]);
  const last = history.at(-1);
  const isNeeded = last?.result === 'running' || last?.action === 'trial';
  for (const release of isNeeded ? [last.from, last.to] : []) kept.add(release.tag);
  return [...new Set(history.flatMap(({ from, to }) => [from.tag, to.tag]))].filter((tag) => !kept.has(tag));
}
