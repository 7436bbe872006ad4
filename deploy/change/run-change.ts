import { HoldfastError, messageOf } from '../../kit/errors.ts';
import type { ChangeWatch } from '../model/change-watch.ts';
import type { Topology } from '../model/topology.ts';
import type { StackContext } from '../observe/observation.ts';
import {
  continueChange,
  findInterrupted,
  openChange,
  type Change,
  type OpenChange,
  type Operation,
} from './change-journal.ts';
import { publishOperations } from './drains.ts';
import type { RollOptions } from './roll.ts';

export interface ChangeOptions {
  readonly context: StackContext;
  readonly signal: AbortSignal;
  readonly onProgress: (line: string) => void;
  /** Why the work took its change back although it ended without an error; `undefined` if it did not. */
  readonly findProblem?: () => string | undefined;
  /** Opens the watch of a change; missing: neither alerts nor clients are observed. */
  readonly openWatch?: () => Promise<ChangeWatch>;
}

interface ChangeRequest {
  readonly what: string;
  readonly operation: Operation;
  readonly reason: string;
}

/** Does the work of a change. `options` report its steps to the journal. */
export type ChangeWork = (options: RollOptions, change: OpenChange) => Promise<void>;

/**
 * Runs a change that is in the journal from before its first step until after its last one. An error or an interruption ends it as stopped; only a killed
 * process leaves it running, see `findInterrupted`. Throws `change-unfinished` if there is such a change already.
 */
export async function runChange(options: ChangeOptions, request: ChangeRequest, work: ChangeWork): Promise<void> {
  await refuseUnfinished(request);
  await runOpen(options, await openChange(request), work);
}

/** Continues an interrupted change with the rest of its work. If that fails, the change is interrupted still, so that it can be continued or ended. */
export async function runAgain(options: ChangeOptions, change: Change, work: ChangeWork): Promise<void> {
  const open = continueChange(change);
  const end: OpenChange['end'] = (result, details) => {
    if (result !== 'stopped') open.end(result, details);
  };
  await runOpen(options, { ...open, end }, work);
}

async function runOpen(options: ChangeOptions, change: OpenChange, work: ChangeWork): Promise<void> {
  const { context, signal, onProgress, findProblem } = options;
  let watch: ChangeWatch | undefined;
  const recorded = { change, topology: context.topology, findWatch: () => watch };
  await recordEnd({ ...recorded, ...(findProblem === undefined ? {} : { findProblem }) }, async () => {
    watch = await options.openWatch?.();
    await publishOperations(context.topology);
    const onStep: RollOptions['onStep'] = (host, step) => {
      change.step(host, step);
    };
    await work(
      { context, signal, onProgress, onStep, onDone: change.done, ...(watch === undefined ? {} : { watch }) },
      change,
    );
  });
}

interface RecordedChange extends Pick<ChangeOptions, 'findProblem'> {
  readonly change: OpenChange;
  readonly topology: Topology;
  /** The watch that has measured the cost, if one was opened. */
  readonly findWatch: () => ChangeWatch | undefined;
}

/** Does the work of a change, and records how it ended and what it cost. */
export async function recordEnd(
  { change, topology, findWatch, findProblem }: RecordedChange,
  work: () => Promise<void>,
): Promise<void> {
  const costNow = async (): Promise<Pick<Change, 'cost'>> => {
    const cost = await findWatch()
      ?.readCost()
      .catch(() => undefined);
    return cost === undefined ? {} : { cost };
  };
  try {
    await work();
    const problem = findProblem?.();
    if (problem === undefined) change.end('completed', await costNow());
    else change.end('stopped', { problem, ...(await costNow()) });
  } catch (error) {
    change.end('stopped', { problem: messageOf(error), ...(await costNow()) });
    throw error;
  } finally {
    await publishOperations(topology);
  }
}

/**
 * Throws `change-unfinished` if a killed process left a change. A rollout continues or returns an interrupted rollout by itself, by the record of
 * releases.
 */
async function refuseUnfinished({ what, operation }: ChangeRequest): Promise<void> {
  const interrupted = await findInterrupted();
  const isContinued = (change: Change): boolean => operation.kind === 'release' && change.operation.kind === 'release';
  for (const change of interrupted.filter(isContinued)) {
    continueChange(change).end('aborted', { problem: `followed by "${what}"` });
  }
  const left = interrupted.find((change) => !isContinued(change));
  if (left === undefined) return;
  throw new HoldfastError(
    'change-unfinished',
    `"${left.what}" of ${left.startedAt} was interrupted and is unfinished, so "${what}" was not begun.`,
    { fix: howToEnd(left) },
  );
}

/** The commands that complete or end an interrupted change, as a sentence. A rollout has a record of its own, which knows both releases. */
export function howToEnd({ what, operation }: Pick<Change, 'what' | 'operation'>): string {
  return operation.kind === 'release'
    ? `Repeat \`./holdfast ${what}\` to complete it, or return with \`./holdfast rollback\`.`
    : 'Complete it with `./holdfast maintenance resume`, or end it with `./holdfast maintenance abort`.';
}
