import { randomBytes } from 'node:crypto';
import { mkdir, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { removeDurably, writeDurably } from '../../kit/durable-file.ts';
import { HoldfastError, messageOf } from '../../kit/errors.ts';
import type { Operations } from '../../kit/operations.ts';
import { PATHS } from '../../kit/paths.ts';
import { ownIdentity, processIdentitySchema, processRuns } from '../../kit/process-identity.ts';
import { userName } from '../../kit/user-name.ts';
import type { ChangeStep } from './change-step.ts';

/** What a change does, so that another process can complete it. */
export const operationSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('up'), atOnce: z.boolean() }),
  /** `isReplan`: the host was drained before, and gets another planned end. */
  z.strictObject({
    ...{ kind: z.literal('drain'), host: z.string(), until: z.string().optional() },
    isReplan: z.literal(true).optional(),
  }),
  z.strictObject({ kind: z.literal('undrain'), host: z.string() }),
  z.strictObject({ kind: z.literal('restart'), hosts: z.array(z.string()).readonly() }),
  z.strictObject({ kind: z.literal('replace'), hosts: z.array(z.string()).readonly() }),
  z.strictObject({ kind: z.literal('switch'), tier: z.enum(['db', 'cache']) }),
  z.strictObject({ kind: z.literal('schema'), statement: z.string() }),
  z.strictObject({ kind: z.literal('release') }),
]);

export type Operation = Readonly<z.infer<typeof operationSchema>>;

const stepSchema = z.strictObject({
  at: z.number(),
  host: z.string(),
  step: z.enum(['drain', 'drained', 'hand-over', 'reload', 'stop', 'start', 'ready', 'return', 'redundant']),
});

const changeSchema = z.strictObject({
  id: z.string(),
  /** The command, such as `roll web`. */
  what: z.string(),
  operation: operationSchema,
  reason: z.string(),
  /** User of the machine. */
  by: z.string(),
  owner: processIdentitySchema,
  /** ISO 8601. */
  startedAt: z.string(),
  endedAt: z.string().optional(),
  /** `running` of a process that has ended is an interrupted change. `aborted`: ended by `maintenance abort` or by `up`. */
  result: z.enum(['running', 'completed', 'stopped', 'aborted']),
  /** Why it stopped. */
  problem: z.string().optional(),
  /** Hosts that are changed completely. */
  done: z.array(z.string()).readonly(),
  steps: z.array(stepSchema).readonly(),
  /** What clients noticed, measured at the edges; missing if no monitor could be asked. */
  cost: z.strictObject({ requests: z.number(), failed: z.number() }).optional(),
});

/** A change of the running stack, as the journal has it. */
export type Change = Readonly<z.infer<typeof changeSchema>>;

/** A change in progress. Each call is on disk when it returns. */
export interface OpenChange {
  readonly id: string;
  readonly step: (host: string, step: ChangeStep['step']) => void;
  /** The host is changed completely. */
  readonly done: (host: string) => void;
  readonly end: (result: 'completed' | 'stopped' | 'aborted', details?: Pick<Change, 'problem' | 'cost'>) => void;
}

interface ChangeRequest {
  readonly what: string;
  readonly operation: Operation;
  readonly reason: string;
}

/** Writes a new change to the journal. */
export async function openChange(
  { what, operation, reason }: ChangeRequest,
  folder = PATHS.changes,
): Promise<OpenChange> {
  const now = new Date();
  const stamp = now.toISOString().replaceAll(/[-:]|\.\d+Z/g, '');
  await mkdir(folder, { recursive: true });
  return continueChange(
    {
      id: `${stamp}-${randomBytes(2).toString('hex')}`,
      ...{ what, operation, reason, by: userName(), owner: ownIdentity() },
      startedAt: now.toISOString(),
      ...{ result: 'running', done: [], steps: [] },
    },
    folder,
  );
}

/** Takes over a change of the journal: this process is its owner from now on. */
export function continueChange(change: Change, folder = PATHS.changes): OpenChange {
  let current: Change = { ...change, owner: ownIdentity() };
  const save = (next: Partial<Change>): void => {
    current = { ...current, ...next };
    writeDurably(join(folder, `${current.id}.json`), `${JSON.stringify(current, undefined, 2)}\n`);
  };
  save({});
  return {
    id: change.id,
    step: (host, step) => {
      save({ steps: [...current.steps, { at: Date.now(), host, step }] });
    },
    done: (host) => {
      save({ done: [...current.done, host] });
    },
    end: (result, details = {}) => {
      save({ result, endedAt: new Date().toISOString(), ...details });
    },
  };
}

/** Removes the entry of a change that changed nothing. */
export function removeChange(id: string, folder = PATHS.changes): void {
  removeDurably(join(folder, `${id}.json`));
}

/** All changes, oldest first. Throws `unreadable-record` with the path of a file that is not valid. */
export async function readChanges(folder = PATHS.changes): Promise<readonly Change[]> {
  const names = await readdir(folder).catch(() => []);
  const changes = await Promise.all(
    names
      .filter((name) => name.endsWith('.json'))
      .map(async (name) => {
        const path = join(folder, name);
        try {
          return [changeSchema.parse(JSON.parse(await readFile(path, 'utf8')))];
        } catch (error) {
          // Another process removed a change that changed nothing, between the listing and the reading.
          if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return [];
          throw new HoldfastError('unreadable-record', `The change ${path} cannot be read: ${messageOf(error)}.`, {
            cause: error,
            fix: 'Move the file away, then repeat the command. `./holdfast up` completes what the change left.',
          });
        }
      }),
  );
  return changes.flat().toSorted((one, other) => one.id.localeCompare(other.id));
}

/** Whether the process of a running change has ended. */
export function isInterrupted({ result, owner }: Change): boolean {
  return result === 'running' && !processRuns(owner);
}

/** The interrupted changes, oldest first. */
export async function findInterrupted(folder = PATHS.changes): Promise<readonly Change[]> {
  return (await readChanges(folder)).filter(isInterrupted);
}

/** The change in progress, as hosts see it. */
export async function readOpenChange(folder = PATHS.changes): Promise<Operations['change']> {
  const change = (await readChanges(folder)).findLast(({ result }) => result === 'running');
  return change === undefined
    ? undefined
    : { what: change.what, hosts: hostsOfOperation(change.operation), since: change.startedAt };
}

/** The hosts that an operation names; empty for `up`, which decides by its plan. */
export function hostsOfOperation(operation: Operation): readonly string[] {
  switch (operation.kind) {
    case 'drain':
    case 'undrain':
      return [operation.host];
    case 'restart':
    case 'replace':
      return operation.hosts;
    case 'up':
    case 'switch':
    case 'schema':
    case 'release':
      return [];
  }
}
