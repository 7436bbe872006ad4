import type { Mail } from '../../deploy/tiers/mail/mailbox-api.ts';
import { escapeMarkup } from '../../kit/escape-markup.ts';
import { plainSubject, renderBadges } from './badges.ts';
import { renderPage } from './layout.ts';

/**
 * One mail. Its HTML is shown in a frame that cannot run scripts or load resources, because the content security policy of the page
 * applies there, too. A link opens a new page.
 */
export function renderMailPage(mail: Mail): string {
  const content =
    mail.html === undefined
      ? `<pre>${escapeMarkup(mail.text)}</pre>`
      : `<iframe sandbox="allow-popups allow-popups-to-escape-sandbox" referrerpolicy="no-referrer" title="the mail" srcdoc="${escapeMarkup(`<base target="_blank">${mail.html}`)}"></iframe>
<details><summary>As text</summary><pre>${escapeMarkup(mail.text)}</pre></details>`;
  const headers = Object.entries(mail.headers)
    .map(([name, value]) => `${name}: ${value}`)
    .join('\n');
  return renderPage({
    title: mail.subject,
    body: `<p class="quiet"><a href="/">← all mail</a> · <a href="/mail/${mail.id}.eml">source</a></p>
<h1 class="${mail.status ?? ''}">${escapeMarkup(plainSubject(mail.subject))} ${renderBadges(mail)}</h1>
<p class="quiet">${escapeMarkup(mail.receivedAt.replace('T', ' ').replace('Z', ''))} UTC · from ${escapeMarkup(mail.from)} · to ${escapeMarkup(mail.to)}</p>
${content}
<details><summary>Headers</summary><pre>${escapeMarkup(headers)}</pre></details>`,
  });
}
