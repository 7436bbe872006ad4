import type { StackContext } from '../../deploy/observe/observation.ts';
import { HoldfastError } from '../../kit/errors.ts';
import { healJournal, isHealed, renderHealReport } from './heal.ts';
import type { Journal } from './journal.ts';

/** Reverts the faults of earlier runs before another run begins. Throws `heal-failed` if one is still in place. */
export async function healAbandoned(
  world: StackContext,
  journal: Journal,
  onProgress: (line: string) => void,
): Promise<void> {
  const report = await healJournal(world, journal);
  if (report.records.length + report.unreadable.length > 0) onProgress(renderHealReport(report));
  if (isHealed(report)) return;
  throw new HoldfastError('heal-failed', `Faults of an earlier run are still in place:\n${renderHealReport(report)}`, {
    fix: 'Run `./holdfast heal` to see the reason.',
  });
}
