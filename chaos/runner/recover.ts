import type { Observation, Redundancy, StackContext } from '../../deploy/observe/observation.ts';
import { waitFor } from '../../kit/deadline.ts';
import { messageOf } from '../../kit/errors.ts';
import type { ChosenFault } from '../guarantees/guarantee.ts';
import type { ActiveFault } from '../journal/open-fault.ts';
import type { Timeline } from './timeline.ts';

const REDUNDANCY_DEADLINE_MS = 90_000;

export interface Recovery {
  readonly undoneAt: number;
  readonly clear: Observation;
  readonly clearedAt: number | undefined;
  readonly redundantAt: number | undefined;
  readonly redundancy: string;
}

interface RecoverOptions {
  readonly world: StackContext;
  readonly chosen: ChosenFault;
  readonly active: ActiveFault;
  readonly timeline: Timeline;
  readonly signal: AbortSignal;
}

/** Reverts the fault and waits for full redundancy. A failed recovery is evidence, not an error. */
export async function recover({ world, chosen, active, timeline, signal }: RecoverOptions): Promise<Recovery> {
  const undoneAt = Date.now();
  timeline.add('recovery', `reverting: ${chosen.fault.description}`, undoneAt);
  // Redundancy is polled during the revert, so that its time does not depend on the clear probe.
  const clearing = active.undo().then(
    ({ observation, at }) => ({ observation, at }),
    (error: unknown) => ({ observation: { seen: false, text: messageOf(error) }, at: undefined }),
  );
  const redundancy = await waitForRedundancy(world, chosen.redundancy, { deadlineMs: REDUNDANCY_DEADLINE_MS, signal });
  const cleared = await clearing;
  timeline.add(
    'recovery',
    `${cleared.observation.seen ? 'reverted' : 'NOT REVERTED'}: ${cleared.observation.text}`,
    cleared.at ?? Date.now(),
  );
  timeline.add(
    'recovery',
    `${redundancy.seen ? 'full redundancy' : 'NOT REDUNDANT'}: ${redundancy.text}`,
    redundancy.at,
  );
  return {
    undoneAt,
    clear: cleared.observation,
    clearedAt: cleared.at,
    // Redundancy only counts after a confirmed revert.
    redundantAt: redundancy.seen && cleared.at !== undefined ? redundancy.at : undefined,
    redundancy: redundancy.text,
  };
}

/** Waits until all conditions are met. A deadline is evidence, not an error: the last unmet conditions. */
export async function waitForRedundancy(
  world: StackContext,
  wanted: readonly Redundancy[],
  options: { readonly deadlineMs: number; readonly signal: AbortSignal },
): Promise<Observation & { readonly at: number }> {
  try {
    const text = await waitFor(
      async () => {
        const observations = await Promise.all(wanted.map((redundancy) => redundancy.observe(world)));
        const missing = observations.filter(({ seen }) => !seen);
        if (missing.length > 0) throw new Error(missing.map((observation) => observation.text).join('; '));
        return observations.map((observation) => observation.text).join('; ');
      },
      { what: 'full redundancy', intervalMs: 250, ...options },
    );
    return { seen: true, text, at: Date.now() };
  } catch (error) {
    options.signal.throwIfAborted();
    return { seen: false, text: messageOf(error), at: Date.now() };
  }
}
