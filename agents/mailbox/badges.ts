import type { MailSummary } from '../../deploy/mail/mailbox-api.ts';

/** Whether a mail tells of a fire or of its end, and that it is only a drill, in one word each. */
export function renderBadges({ status, alerts }: MailSummary): string {
  const isDrill = alerts.length > 0 && alerts.every(({ drill }) => drill !== undefined);
  const badges = [...(isDrill ? ['drill'] : []), ...(status === undefined ? [] : [status])];
  return badges.map((badge) => `<span class="badge ${badge}">${badge.toUpperCase()}</span>`).join(' ');
}

/** The subject without what the badges say. */
export function plainSubject(subject: string): string {
  return subject.replace(/^(\[(DRILL|FIRING|RESOLVED)\] )+/, '');
}
