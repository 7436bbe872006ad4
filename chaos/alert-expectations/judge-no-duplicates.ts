import type { AlertEvidence, DeliveredAlert } from './alert-contract.ts';
import { type ClauseJudgement, named } from './check.ts';

/**
 * Judges whether a person was told something that he knew: that an alert fires, or is over, twice without the other between. A mail that
 * arrived again is no second telling: its sender could not know that it had arrived, or two notifiers could not ask each other; the
 * mailbox knows it by its Message-ID and shows it once. Reminders come after an hour at the soonest, long after an experiment.
 */
export function judgeOnce(
  { delivered, problems }: AlertEvidence,
  { injectedAt }: { readonly injectedAt: number },
): ClauseJudgement {
  const since = delivered.filter(({ receivedAtMs }) => receivedAtMs >= injectedAt);
  const doubled = [...Map.groupBy(since, identityOf).values()].flatMap((tellings) =>
    tellings.filter(({ status }, index) => tellings[index - 1]?.status === status),
  );
  const again = new Map(since.map(({ mailId, copies }) => [mailId, copies - 1]));
  const recognised = [...again.values()].reduce((sum, copies) => sum + copies, 0);
  const verdict = doubled.length > 0 ? 'violated' : problems.length > 0 ? 'unknown' : 'held';
  return {
    id: 'no-alert-doubled',
    claim: 'no alert is mailed twice',
    limit: '0',
    measured: `${doubled.length}${recognised === 0 ? '' : `, ${recognised} repeated and recognised`}`,
    verdict,
    reasons: doubled.length > 0 ? [`mailed twice: ${namesOf(doubled)}`] : problems,
  };
}

/** The same for the same alert, whoever mails it and since whenever it fires; some share name and host, and differ in another label. */
function identityOf({ key, alertname, host }: DeliveredAlert): string {
  return key ?? `${alertname} ${host ?? ''}`;
}

function namesOf(alerts: readonly DeliveredAlert[]): string {
  return [...new Set(alerts.map(({ alertname, host, status }) => `${named(alertname, host)} ${status}`))].join(', ');
}
