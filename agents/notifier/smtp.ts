import { readFileSync } from 'node:fs';
import nodemailer from 'nodemailer';
import { messageOf } from '../../kit/errors.ts';
import type { SmtpServer } from './config.ts';
import type { MailText } from './mail-text.ts';

/** How a try to send one mail ended. */
export type Sending =
  | { readonly outcome: 'sent' }
  /** The server took no mail at all: down, slow, wrong password. Nothing else can be sent either. */
  | { readonly outcome: 'unreachable'; readonly reason: string }
  /** The server refused this mail for now. */
  | { readonly outcome: 'deferred'; readonly reason: string }
  /** The server refused this mail for good. */
  | { readonly outcome: 'refused'; readonly reason: string };

export type SendMail = (mail: MailText) => Promise<Sending>;

interface SmtpOptions {
  readonly servers: readonly SmtpServer[];
  readonly from: string;
  readonly to: readonly string[];
  readonly passwordFile: string;
  readonly caFile: string;
  /** For connecting, greeting and each answer. */
  readonly timeoutMs: number;
}

/** Sends by the first server that takes the mail; STARTTLS and a certificate of our own authority are demanded. */
export function makeSendMail(options: SmtpOptions): SendMail {
  return async (mail) => {
    let last: Sending = { outcome: 'unreachable', reason: 'no SMTP server is configured' };
    for (const server of options.servers) {
      last = await sendBy(server, mail, options);
      if (last.outcome === 'sent' || last.outcome === 'refused') return last;
    }
    return last;
  };
}

/** Files are read for each mail: a renewed password or authority counts at once, and one that is missing is a reason like any other. */
function openTransport(server: SmtpServer, { caFile, passwordFile, timeoutMs }: SmtpOptions) {
  return nodemailer.createTransport({
    host: server.host,
    port: server.port,
    secure: false,
    requireTLS: true,
    tls: { ca: readFileSync(caFile, 'utf8'), servername: server.servername, minVersion: 'TLSv1.2' },
    auth: { user: server.user, pass: readFileSync(passwordFile, 'utf8').trim() },
    connectionTimeout: timeoutMs,
    greetingTimeout: timeoutMs,
    socketTimeout: 2 * timeoutMs,
    disableFileAccess: true,
    disableUrlAccess: true,
  });
}

async function sendBy(server: SmtpServer, mail: MailText, options: SmtpOptions): Promise<Sending> {
  let transport: ReturnType<typeof openTransport> | undefined;
  try {
    transport = openTransport(server, options);
    await transport.sendMail({
      from: options.from,
      to: [...options.to],
      subject: mail.subject,
      text: mail.text,
      html: mail.html,
      messageId: mail.messageId,
      inReplyTo: mail.references,
      references: mail.references,
      headers: Object.fromEntries(
        Object.entries(mail.headers).map(([name, value]) => [name, typeof value === 'string' ? value : [...value]]),
      ),
    });
    return { outcome: 'sent' };
  } catch (error) {
    return sendingOf(error);
  } finally {
    transport?.close();
  }
}

/** Commands whose refusal is about the mail, not about the connection. */
const MAIL_COMMANDS: ReadonlySet<string> = new Set(['MAIL FROM', 'RCPT TO', 'DATA']);

function sendingOf(error: unknown): Sending {
  const { responseCode, command } = error as { readonly responseCode?: unknown; readonly command?: unknown };
  const reason = messageOf(error);
  if (typeof responseCode !== 'number' || typeof command !== 'string' || !MAIL_COMMANDS.has(command)) {
    return { outcome: 'unreachable', reason };
  }
  // 421: the server is closing down, whatever it was asked.
  if (responseCode === 421) return { outcome: 'unreachable', reason };
  return { outcome: responseCode >= 500 ? 'refused' : 'deferred', reason };
}
