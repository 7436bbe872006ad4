import MailComposer from 'nodemailer/lib/mail-composer';
import type { MailText } from './mail-text.ts';
import type { Message } from './smtp-attempt.ts';

/** The bytes of a mail: text and HTML as alternatives, pictures inline. Composing the same mail again gives the same Message-ID. */
export async function composeMessage(
  mail: MailText,
  { from, to }: { readonly from: string; readonly to: readonly string[] },
): Promise<Message> {
  const node = new MailComposer({
    ...{ from, to: [...to], subject: mail.subject, text: mail.text, html: mail.html },
    ...{ messageId: mail.messageId, inReplyTo: mail.references, references: mail.references },
    attachments: mail.pictures.map(({ cid, png }) => ({
      ...{ cid, content: png, contentType: 'image/png', contentDisposition: 'inline' },
      filename: `${cid.split('@')[0] ?? 'picture'}.png`,
    })),
    headers: Object.fromEntries(
      Object.entries(mail.headers).map(([name, value]) => [name, typeof value === 'string' ? value : [...value]]),
    ),
    xMailer: false,
    ...{ disableFileAccess: true, disableUrlAccess: true },
  }).compile();
  const envelope = node.getEnvelope();
  return { from: envelope.from === false ? '' : envelope.from, to: envelope.to, source: await node.build() };
}
