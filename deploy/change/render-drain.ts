import type { Drain } from '../../kit/operations.ts';

/** A drain as one line: who drained the host, since when, until when, and why. A drain past its planned end is overdue. */
export function renderDrain({ host, by, since, until, reason }: Drain, nowMs = Date.now()): string {
  const end = until === undefined ? '' : ` ${Date.parse(until) < nowMs ? 'OVERDUE since' : 'until'} ${until}`;
  return `${host} is drained by ${by} since ${since}${end}: ${reason}`;
}
