import { setTimeout as sleep } from 'node:timers/promises';
import type { AlertExpectations } from '../alert-expectations/alert-expectations.ts';
import type { AlertWatch } from '../alert-expectations/alert-watch.ts';
import { optionalAlerts, isAbout, lastNotified } from '../alert-expectations/judge-alerts.ts';
import type { ChosenFault, FaultGuarantee } from '../guarantees/guarantee.ts';
import type { ActiveFault } from '../journal/open-fault.ts';
import type { Timeline } from './timeline.ts';

interface HoldOptions {
  readonly guarantee: FaultGuarantee;
  readonly chosen: ChosenFault;
  readonly active: ActiveFault;
  readonly watch: AlertWatch;
  readonly signal: AbortSignal;
}

/** Waits for the hold time of the fault, and then until its alerts are mailed or overdue. */
export async function hold({ guarantee, chosen, active, watch, signal }: HoldOptions): Promise<void> {
  const { alerts, holdMs } = guarantee;
  const leastAt = active.injectedAt + holdMs;
  const awaited = alerts.mustDeliver.length > 0 && alerts.deliverFrom === undefined;
  const latestAt = Math.max(leastAt, active.injectedAt + (awaited ? alerts.deliverWithinMs : 0));
  while (Date.now() < latestAt) {
    if (Date.now() >= leastAt && isMailed({ expectations: alerts, targets: chosen.fault.targets, watch })) return;
    await sleep(100, undefined, { signal });
  }
}

interface MailCheck {
  readonly expectations: AlertExpectations;
  readonly targets: readonly string[];
  readonly watch: AlertWatch;
}

/** Whether every required alert was mailed. */
function isMailed({ expectations, targets, watch }: MailCheck): boolean {
  const { delivered } = watch.evidence();
  return expectations.mustDeliver.every((expected) =>
    delivered.some(
      (alert) =>
        alert.alertname === expected.alertname && alert.status === 'firing' && isAbout(alert.host, expected, targets),
    ),
  );
}

/** Whether every required alert, and every optional one that was mailed, was mailed as resolved. */
function isResolved({ expectations, targets, watch, injectedAt }: ResolvedCheck): boolean {
  const { delivered } = watch.evidence();
  return [...expectations.mustDeliver, ...optionalAlerts(expectations, delivered, injectedAt)].every((expected) => {
    const last = lastNotified(expected, delivered, targets);
    return last.length > 0 && last.every(({ status }) => status === 'resolved');
  });
}

interface ResolvedCheck extends MailCheck {
  /** Milliseconds since the epoch. */
  readonly injectedAt: number;
}

interface ResolveOptions extends ResolvedCheck {
  /** When full redundancy was restored; `resolveWithinMs` counts from here. */
  readonly sinceMs: number;
  readonly timeline: Timeline;
  readonly signal: AbortSignal;
}

/** Waits until every alert that was mailed as firing was mailed as resolved, or is overdue. */
export async function waitForResolved({ sinceMs, timeline, signal, ...check }: ResolveOptions): Promise<void> {
  const { expectations } = check;
  // Without a firing mail there is no resolved mail, unless mails could not be delivered until now.
  if (expectations.deliverFrom === undefined && !isMailed(check)) return;
  const endAt = sinceMs + expectations.resolveWithinMs;
  if (!isResolved(check)) timeline.add('phase', 'waiting for the resolved mail');
  while (Date.now() < endAt && !isResolved(check)) await sleep(200, undefined, { signal });
}
