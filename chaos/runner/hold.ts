import { setTimeout as sleep } from 'node:timers/promises';
import type { AlertContract } from '../alert-expectations/alert-contract.ts';
import type { AlertWatch } from '../alert-expectations/alert-watch.ts';
import { cameToo, isAbout, lastWords } from '../alert-expectations/judge-alerts.ts';
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
    if (Date.now() >= leastAt && isMailed({ contract: alerts, chosen, watch })) return;
    await sleep(100, undefined, { signal });
  }
}

interface MailQuestion {
  readonly contract: AlertContract;
  readonly chosen: ChosenFault;
  readonly watch: AlertWatch;
}

/** Whether all that has to be mailed was. */
function isMailed({ contract, chosen, watch }: MailQuestion): boolean {
  const { delivered } = watch.evidence();
  return contract.mustDeliver.every((expected) =>
    delivered.some(
      (alert) =>
        alert.alertname === expected.alertname &&
        alert.status === 'firing' &&
        isAbout(alert.host, expected, chosen.fault.targets),
    ),
  );
}

/** Whether all that had to be mailed, and what came besides, was mailed as over. */
function isOver({ contract, chosen, watch, injectedAt }: EndQuestion): boolean {
  const { delivered } = watch.evidence();
  return [...contract.mustDeliver, ...cameToo(contract, delivered, injectedAt)].every((expected) => {
    const last = lastWords(expected, delivered, chosen.fault.targets);
    return last.length > 0 && last.every(({ status }) => status === 'resolved');
  });
}

interface EndQuestion extends MailQuestion {
  /** Milliseconds since the epoch. */
  readonly injectedAt: number;
}

interface Resolving extends EndQuestion {
  /** From when on the mail is waited for: since the stack is whole again. */
  readonly sinceMs: number;
  readonly timeline: Timeline;
  readonly signal: AbortSignal;
}

/** Waits until all that was mailed as firing was mailed as over, or is overdue. */
export async function waitForResolved({ sinceMs, timeline, signal, ...question }: Resolving): Promise<void> {
  const { contract } = question;
  // What was never mailed will not be mailed as resolved, unless mails could not come before now.
  if (contract.deliverFrom === undefined && !isMailed(question)) return;
  const endAt = sinceMs + contract.resolveWithinMs;
  if (!isOver(question)) timeline.add('phase', 'waiting for the resolved mail');
  while (Date.now() < endAt && !isOver(question)) await sleep(200, undefined, { signal });
}
