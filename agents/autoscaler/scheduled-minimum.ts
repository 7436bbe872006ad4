import { Cron } from 'croner';
import { messageOf } from '../../kit/errors.ts';
import type { Schedule } from './settings.ts';

const MINUTE_MS = 60_000;

/**
 * The highest number of hosts that a schedule requires at this wall time, in ms since the epoch; 0 outside all of them. Overlapping schedules
 * do not add up, and the end of one does not lower the other.
 */
export function scheduledMinimum(schedules: readonly Schedule[], wallMs: number): number {
  return Math.max(0, ...schedules.filter((schedule) => isActive(schedule, wallMs)).map(({ hosts }) => hosts));
}

/** Whether the last start is less than the duration ago. */
function isActive({ cron, timezone, forMinutes }: Schedule, wallMs: number): boolean {
  const start = new Cron(cron, { timezone }).nextRun(new Date(wallMs - forMinutes * MINUTE_MS));
  return start !== null && start.getTime() <= wallMs;
}

/** The reason why a schedule is invalid; undefined if it is valid. */
export function findScheduleError({ cron, timezone }: Pick<Schedule, 'cron' | 'timezone'>): string | undefined {
  try {
    const next = new Cron(cron, { timezone, mode: '5-part' }).nextRun();
    return next === null ? 'it never starts.' : undefined;
  } catch (error) {
    return messageOf(error);
  }
}
