/** The record of releases on disk: the image that application hosts run, the one before it, and the history. Pure, except for reading and writing. */
import { mkdir, readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { z } from 'zod';
import { writeDurably } from '../../kit/durable-file.ts';
import { HoldfastError } from '../../kit/errors.ts';
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
  action: z.enum(['release', 'rollback']),
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

const recordSchema = z.strictObject({
  /** The release that all application hosts should run. Without one, they follow the work tree: `up` gives them its image. */
  current: releaseSchema.optional(),
  /** The release before it, for a rollback. */
  previous: releaseSchema.optional(),
  /** Checksums of migrations that only add. The database may have them, also when no current release knows them. */
  additiveMigrations: z.array(z.string()),
  /** Oldest first. */
  history: z.array(rolloutSchema),
});

export type ReleaseRecord = Readonly<z.infer<typeof recordSchema>>;

/** Number of rollouts that the record keeps. */
const KEPT_ROLLOUTS = 50;

const EMPTY: ReleaseRecord = { additiveMigrations: [], history: [] };

/** Path of the record. Its folder is readable only by its owner. */
export const RELEASE_RECORD = join(PATHS.releases, 'record.json');

/** Reads the record; an empty one before the first release. Throws `unreadable-record`. */
export async function readReleaseRecord(path: string = RELEASE_RECORD): Promise<ReleaseRecord> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return EMPTY;
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

/** Starts a rollout. An earlier one without an end becomes interrupted. `migrations`: checksums of those that it adds. Pure. */
export function beginRollout(record: ReleaseRecord, rollout: Rollout, migrations: readonly string[]): ReleaseRecord {
  const history = record.history.map((earlier) =>
    earlier.result === 'running' ? { ...earlier, result: 'interrupted' as const } : earlier,
  );
  const additiveMigrations = [...new Set([...record.additiveMigrations, ...migrations])];
  return { ...record, additiveMigrations, history: [...history, rollout].slice(-KEPT_ROLLOUTS) };
}

/** Changes the rollout in progress. Pure. */
export function updateRollout(record: ReleaseRecord, change: Partial<Rollout>): ReleaseRecord {
  const last = openRollout(record);
  if (last === undefined) throw new Error('no rollout is in progress');
  return { ...record, history: [...record.history.slice(0, -1), { ...last, ...change }] };
}

/** Ends the rollout in progress as done. `isWorkTree`: its image is the one of the work tree, which the hosts follow from now on. Pure. */
export function completeRollout(
  record: ReleaseRecord,
  end: { readonly endedAt: string; readonly isWorkTree: boolean } & Pick<Rollout, 'requests' | 'failures'>,
): ReleaseRecord {
  const { isWorkTree, ...fields } = end;
  const { history } = updateRollout(record, { ...fields, result: 'done' });
  const { from, to } = history.at(-1) ?? {};
  if (from === undefined || to === undefined) throw new Error('no rollout is in progress');
  // A rollout of the release that the hosts already run keeps the one before it.
  const previous = from.tag === to.tag ? record.previous : from;
  const { additiveMigrations } = record;
  return {
    additiveMigrations,
    history,
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
  const open = history.at(-1)?.result === 'running' ? history.at(-1) : undefined;
  for (const release of [open?.from, open?.to]) kept.add(release?.tag);
  return [...new Set(history.flatMap(({ from, to }) => [from.tag, to.tag]))].filter((tag) => !kept.has(tag));
}
