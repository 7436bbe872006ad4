import type { MailSummary } from '../../deploy/tiers/mail/mailbox-api.ts';
import { escapeMarkup } from '../../kit/escape-markup.ts';
import { plainSubject, renderBadges } from './badges.ts';
import { renderPage } from './layout.ts';

interface Link {
  readonly title: string;
  readonly url: string;
}

/** Limits of the page; further threads, and further mails of a thread, are only counted. */
const MAX_THREADS = 200;
const MAX_MAILS = 6;

/** The threads, those with the newest mail first. The page reloads itself every few seconds. */
export function renderListPage(mails: readonly MailSummary[], links: readonly Link[]): string {
  const threads = [...Map.groupBy(mails.toReversed(), (mail) => mail.thread ?? mail.id).values()];
  const shown = threads.slice(0, MAX_THREADS).map(renderThread).join('\n');
  const anchors = links
    .map((link) => `<a href="${escapeMarkup(link.url)}">${escapeMarkup(link.title)}</a>`)
    .join(' · ');
  const more =
    threads.length <= MAX_THREADS ? '' : `<p>${threads.length - MAX_THREADS} older threads are not shown.</p>`;
  const body =
    mails.length === 0 ? '<p>No mail yet. Alert mails from the monitors arrive here.</p>' : `${shown}\n${more}`;
  return renderPage({
    title: `Mailbox (${mails.length})`,
    head: '<meta http-equiv="refresh" content="5">',
    body: `<h1>On-call mailbox</h1><p class="quiet">${mails.length} mails in ${threads.length} threads · times are UTC<br>${anchors}</p>${body}`,
  });
}

/** Newest first. */
function renderThread(mails: readonly MailSummary[]): string {
  const [newest] = mails;
  if (newest === undefined) return '';
  const rows = mails.slice(0, MAX_MAILS).map((mail) => {
    const again = mail.copies > 1 ? ` · arrived ${mail.copies} times` : '';
    return `<li>${time(mail)} <a href="/mail/${mail.id}">${escapeMarkup(plainSubject(mail.subject))}</a> ${renderBadges(mail)}<span class="quiet"> ${escapeMarkup(mail.from)}${again}</span></li>`;
  });
  const older = mails.length - rows.length;
  const more = older > 0 ? `<li class="quiet">and ${older} older</li>` : '';
  return `<section class="thread ${newest.status ?? ''}"><h2><a href="/mail/${newest.id}">${escapeMarkup(plainSubject(newest.subject))}</a> ${renderBadges(newest)}</h2><ol>${rows.join('')}${more}</ol></section>`;
}

function time(mail: MailSummary): string {
  return mail.receivedAt.replace('T', ' ').slice(0, 19);
}
