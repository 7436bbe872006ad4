import { escapeMarkup } from '../../kit/escape-markup.ts';
import { type MailContent, type Section, rowOf } from './mail-content.ts';

const COLOURS = { firing: '#b3261e', resolved: '#1b6e3c', unmonitored: '#5d4a8a' } as const;
const QUIET = '#5f5f5f';
const DRILL = '#7a4a00';

/** The mail as HTML for old mail clients: inline styles, a table for rows, pictures by `cid:`. */
export function htmlOf({ subject, notice, sections, others, footer }: MailContent): string {
  const noticeHtml =
    notice === ''
      ? ''
      : `<p style="margin:0 0 16px;padding:10px 14px;background:#fff4dc;border-radius:4px;color:${DRILL}">${escapeMarkup(notice)}</p>\n`;
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="color-scheme" content="light"><title>${escapeMarkup(subject)}</title></head>
<body style="margin:0;background:#fff;color:#1c1c1c;font:15px/1.5 -apple-system,'Segoe UI',Roboto,Helvetica,Arial,sans-serif">
<div style="max-width:640px;margin:0 auto;padding:16px">
${noticeHtml}${sections.map(sectionHtml).join('\n')}${rowsHtml(others)}
<p style="margin:24px 0 0;color:${QUIET};font-size:12px">${escapeMarkup(footer)}</p>
</div></body></html>
`;
}

function sectionHtml({ alert, content, picture }: Section): string {
  const colour = COLOURS[alert.status];
  const rows = content.rows.map(
    ([name, value]) =>
      `<tr><th align="left" valign="top" style="padding:2px 16px 2px 0;font-weight:normal;color:${QUIET}">${name}</th><td style="padding:2px 0;overflow-wrap:anywhere">${escapeMarkup(value)}</td></tr>`,
  );
  const details = content.details.map(
    (text) => `<p style="margin:8px 0;overflow-wrap:anywhere;white-space:pre-line">${escapeMarkup(text)}</p>`,
  );
  const [lead, ...buttons] = content.links;
  const links = [
    ...(lead === undefined ? [] : [anchor(lead, `background:${colour};color:#fff;border:1px solid ${colour}`)]),
    ...buttons.map((link) => anchor(link, `color:#1c54a0;border:1px solid #c9d5e6`)),
  ];
  return `<div style="margin:0 0 24px;border-left:4px solid ${colour};padding-left:14px">
<h2 style="margin:0 0 4px;font-size:18px;line-height:1.3;color:${colour}">${escapeMarkup(content.headline)}</h2>
<p style="margin:0 0 8px;font-size:16px;overflow-wrap:anywhere"><strong>${escapeMarkup(content.lead)}</strong></p>
${alert.status === 'firing' ? details.join('') : `<div style="color:${QUIET}">${details.join('')}</div>`}
${picture === undefined ? '' : `<img src="cid:${picture.cid}" width="${picture.width}" height="${picture.height}" alt="${escapeMarkup(content.chartNote)}" style="display:block;width:100%;max-width:${picture.width}px;height:auto;margin:12px 0 4px">`}
<p style="margin:0 0 12px;color:${QUIET};font-size:12px;overflow-wrap:anywhere">${escapeMarkup(content.chartNote)}</p>
<table role="presentation" cellspacing="0" cellpadding="0" style="border-collapse:collapse;font-size:14px">${rows.join('')}</table>
<p style="margin:14px 0 0;line-height:2.4">${links.join(' ')}</p>
</div>`;
}

function anchor({ title, url }: { readonly title: string; readonly url: string }, style: string): string {
  return `<a href="${escapeMarkup(url)}" style="display:inline-block;line-height:1.4;padding:4px 12px;border-radius:4px;text-decoration:none;font-size:14px;${style}">${escapeMarkup(title)}</a>`;
}

function rowsHtml(alerts: MailContent['others']): string {
  if (alerts.length === 0) return '';
  const rows = alerts.map((alert) => {
    const [status = '', ...cells] = rowOf(alert);
    const tail = cells.map((cell) => `<td style="${CELL}">${escapeMarkup(cell)}</td>`).join('');
    return `<tr><td style="${CELL};color:${COLOURS[alert.status]}"><strong>${status}</strong></td>${tail}</tr>`;
  });
  const heads = ['', 'Alert', 'Host', 'Since or until (UTC)', 'Summary'];
  const head = heads.map((name) => `<th align="left" style="${CELL};color:${QUIET};font-weight:normal">${name}</th>`);
  return `<table cellspacing="0" cellpadding="0" style="border-collapse:collapse;font-size:13px;width:100%"><tr>${head.join('')}</tr>\n${rows.join('\n')}</table>`;
}

const CELL = 'padding:4px 10px 4px 0;border-bottom:1px solid #e4e4e4;vertical-align:top;overflow-wrap:anywhere';
