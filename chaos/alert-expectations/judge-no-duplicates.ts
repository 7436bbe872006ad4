import type { AlertEvidence, DeliveredAlert } from './alert-expectations.ts';
import { type AlertCheckResult, named } from './check.ts';

/**
 * Checks that no alert is mailed twice in a row as firing, or twice in a row as resolved.
 *
 * Copies with the same Message-ID are not duplicates; the mailbox shows them once. They occur when a notifier gets no confirmation of a delivery, or
 * when the notifiers cannot reach each other. Reminders are sent after an hour at the earliest, long after an experiment.
 */
export function judgeNoDuplicates(
  { delivered, problems }: AlertEvidence,
  { injectedAt }: { readonly injectedAt: number },
): AlertCheckResult {
  const since = delivered.filter(({ receivedAtMs }) => receivedAtMs >= injectedAt);
  const duplicates = [...Map.groupBy(since, identityOf).values()].flatMap((mails) =>
    mails.filter(({ status }, index) => mails[index - 1]?.status === status),
  );
  const extraCopies = new Map(since.map(({ mailId, copies }) => [mailId, copies - 1]));
  const recognised = [...extraCopies.values()].reduce((sum, copies) => sum + copies, 0);
  const verdict = duplicates.length > 0 ? 'violated' : problems.length > 0 ? 'unknown' : 'held';
  return {
    id: 'no-alert-doubled',
    claim: 'no alert is mailed twice',
    limit: '0',
    measured: `${duplicates.length}${recognised === 0 ? '' : `, ${recognised} repeated and recognised`}`,
    verdict,
    reasons: duplicates.length > 0 ? [`mailed twice: ${namesOf(duplicates)}`] : problems,
  };
}

/** Equal for all mails about an alert, from any notifier and since any start. Alerts may share name and host, and differ in another label. */
function identityOf({ key, alertname, host }: DeliveredAlert): string {
  return key ?? `${alertname} ${host ?? ''}`;
}

function namesOf(alerts: readonly DeliveredAlert[]): string {
  return [...new Set(alerts.map(({ alertname, host, status }) => `${named(alertname, host)} ${status}`))].join(', ');
}
