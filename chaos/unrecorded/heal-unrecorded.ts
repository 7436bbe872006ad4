import type { StackContext } from '../../deploy/observe/observation.ts';
import { messageOf } from '../../kit/errors.ts';
import type { Journal } from '../journal/journal.ts';
import { findUnrecorded } from './find-unrecorded.ts';

/** Result of reverting the faults without a journal entry. */
export interface UnrecordedReport {
  readonly removed: readonly string[];
  /** Faults that remain, each with the error or the manual fix. */
  readonly left: readonly string[];
}

/** Reverts the unrecorded faults that can be reverted, and searches again. */
export async function healUnrecorded(world: StackContext, journal: Journal): Promise<UnrecordedReport> {
  const found = await findUnrecorded(world, journal);
  const errors = new Map<string, string>();
  for (const { host, text, remove } of found) {
    try {
      await remove?.();
    } catch (error) {
      errors.set(`${host}: ${text}`, messageOf(error));
    }
  }
  const still = await findUnrecorded(world, journal);
  const names = new Set(still.map(({ host, text }) => `${host}: ${text}`));
  return {
    removed: found.map(({ host, text }) => `${host}: ${text}`).filter((name) => !names.has(name)),
    left: still.map(({ host, text, fix }) => `${host}: ${text}. ${errors.get(`${host}: ${text}`) ?? fix}`),
  };
}

export function renderUnrecordedReport({ removed, left }: UnrecordedReport): readonly string[] {
  return [...removed.map((text) => `removed: ${text}`), ...left.map((text) => `NOT REMOVED: ${text}`)];
}
