import type { MailSummary } from '../../deploy/tiers/mail/mailbox-api.ts';

/** Badges for the status of a mail's alerts, and for a drill. */
export function renderBadges({ status, alerts }: MailSummary): string {
  const isDrill = alerts.length > 0 && alerts.every(({ drill }) => drill !== undefined);
  const badges = [...(isDrill ? ['drill'] : []), ...(status === undefined ? [] : [status])];
  const textOf = (badge: string): string => (badge === 'unmonitored' ? 'NOT MONITORED' : badge.toUpperCase());
  return badges.map((badge) => `<span class="badge ${badge}">${textOf(badge)}</span>`).join(' ');
}

/** The subject without the prefixes that the badges show. */
export function plainSubject(subject: string): string {
  return subject.replace(/^(\[(DRILL|FIRING|RESOLVED|NOT MONITORED)\] )+/, '');
}
