import { setTimeout as sleep } from 'node:timers/promises';
import type { AlertContract } from '../contract/alert-contract.ts';
import type { AlertWatch } from '../contract/alert-watch.ts';
import { isAbout } from '../contract/judge-alerts.ts';
import type { ChosenFault, Guarantee } from '../guarantees/guarantee.ts';
import type { ActiveFault } from '../journal/open-fault.ts';
import type { Timeline } from './timeline.ts';

interface Holding {
  readonly guarantee: Guarantee;
  readonly chosen: ChosenFault;
  readonly active: ActiveFault;
  readonly watch: AlertWatch;
  readonly signal: AbortSignal;
}

/** Keeps the fault for its time, and on until its alert was mailed or is overdue. */
export async function hold({ guarantee, chosen, active, watch, signal }: Holding): Promise<void> {
  const { alerts, holdMs } = guarantee;
  const leastAt = active.injectedAt + holdMs;
  const awaited = alerts.mustDeliver.length > 0 && alerts.deliverFrom === undefined;
  const latestAt = Math.max(leastAt, active.injectedAt + (awaited ? alerts.deliverWithinMs : 0));
  while (Date.now() < latestAt) {
    if (Date.now() >= leastAt && isMailed({ contract: alerts, chosen, watch, status: 'firing' })) return;
    await sleep(100, undefined, { signal });
  }
}

interface MailQuestion {
  readonly contract: AlertContract;
  readonly chosen: ChosenFault;
  readonly watch: AlertWatch;
  readonly status: 'firing' | 'resolved';
}

/** Whether all that has to be mailed was. */
function isMailed({ contract, chosen, watch, status }: MailQuestion): boolean {
  const { delivered } = watch.evidence();
  return contract.mustDeliver.every((expected) =>
    delivered.some(
      (alert) =>
        alert.alertname === expected.alertname &&
        alert.status === status &&
        isAbout(alert.host, expected, chosen.fault.targets),
    ),
  );
}

interface Resolving {
  readonly contract: AlertContract;
  readonly chosen: ChosenFault;
  /** From when on the mail is waited for: since the stack is whole again. */
  readonly sinceMs: number;
  readonly watch: AlertWatch;
  readonly timeline: Timeline;
  readonly signal: AbortSignal;
}

/** Waits until all that was mailed as firing was mailed as over, or is overdue. */
export async function waitForResolved({
  contract,
  chosen,
  sinceMs,
  watch,
  timeline,
  signal,
}: Resolving): Promise<void> {
  const question = { contract, chosen, watch } as const;
  // What was never mailed will not be mailed as resolved, unless mails could not come before now.
  if (contract.deliverFrom === undefined && !isMailed({ ...question, status: 'firing' })) return;
  const endAt = sinceMs + contract.resolveWithinMs;
  if (!isMailed({ ...question, status: 'resolved' }))
    timeline.add('phase', 'waiting for the mail that says it is over');
  while (Date.now() < endAt && !isMailed({ ...question, status: 'resolved' })) await sleep(200, undefined, { signal });
}
