import type { Mail, MailSummary } from '../../deploy/mail/mailbox-api.ts';
import { escapeMarkup } from '../../kit/escape-markup.ts';

interface Link {
  readonly title: string;
  readonly url: string;
}

/** The list of mails, newest first; it reads itself again every few seconds. */
export function renderListPage(mails: readonly MailSummary[], links: readonly Link[]): string {
  const rows = mails
    .toReversed()
    .map(
      (mail) =>
        `<tr class="${mail.status ?? ''}"><td>${time(mail)}</td><td><a href="/mail/${mail.id}">${escapeMarkup(mail.subject)}</a></td><td>${escapeMarkup(mail.from)}</td></tr>`,
    )
    .join('\n');
  const anchors = links
    .map((link) => `<a href="${escapeMarkup(link.url)}">${escapeMarkup(link.title)}</a>`)
    .join(' · ');
  const body =
    mails.length === 0
      ? '<p>No mail yet. What the monitors send to the person on call arrives here.</p>'
      : `<table><thead><tr><th>Received (UTC)</th><th>Subject</th><th>From</th></tr></thead><tbody>\n${rows}\n</tbody></table>`;
  return page({
    title: `Mailbox (${mails.length})`,
    head: '<meta http-equiv="refresh" content="5">',
    body: `<h1>Mailbox of the person on call</h1><p class="links">${anchors}</p>${body}`,
  });
}

/** One mail. Its HTML is shown in a frame that may run nothing and load nothing. */
export function renderMailPage(mail: Mail): string {
  const content =
    mail.html === undefined
      ? `<pre>${escapeMarkup(mail.text)}</pre>`
      : `<iframe sandbox="" title="the mail" srcdoc="${escapeMarkup(mail.html)}"></iframe>
<details><summary>As text</summary><pre>${escapeMarkup(mail.text)}</pre></details>`;
  const headers = Object.entries(mail.headers)
    .map(([name, value]) => `${name}: ${value}`)
    .join('\n');
  return page({
    title: mail.subject,
    head: '',
    body: `<p><a href="/">← all mail</a> · <a href="/mail/${mail.id}.eml">source</a></p>
<h1 class="${mail.status ?? ''}">${escapeMarkup(mail.subject)}</h1>
<p class="links">${time(mail)} UTC · from ${escapeMarkup(mail.from)} · to ${escapeMarkup(mail.to)}</p>
${content}
<details><summary>Headers</summary><pre>${escapeMarkup(headers)}</pre></details>`,
  });
}

function time(mail: MailSummary): string {
  return mail.receivedAt.replace('T', ' ').replace('Z', '');
}

function page(parts: { readonly title: string; readonly head: string; readonly body: string }): string {
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">${parts.head}
<title>${escapeMarkup(parts.title)}</title><style>${STYLE}</style></head><body>${parts.body}</body></html>
`;
}

const STYLE = `
:root { color-scheme: light dark }
body { font: 15px/1.5 system-ui, sans-serif; max-width: 70em; margin: 2em auto; padding: 0 1em }
h1 { font-size: 1.4em } h1.firing { color: #b3261e } h1.resolved { color: #1b6e3c }
.links { color: #777 }
table { border-collapse: collapse; width: 100% }
th, td { text-align: left; padding: .35em .8em .35em .6em; border-bottom: 1px solid #8884; vertical-align: top }
td:first-child { white-space: nowrap; font-variant-numeric: tabular-nums }
tr.firing td:first-child { border-left: 4px solid #b3261e } tr.resolved td:first-child { border-left: 4px solid #1b6e3c }
iframe { width: 100%; height: 30em; border: 1px solid #8886; border-radius: 4px; background: #fff }
pre { white-space: pre-wrap; overflow-wrap: anywhere }
`;
