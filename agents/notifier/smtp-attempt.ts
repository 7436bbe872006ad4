import { readFileSync } from 'node:fs';
import { Readable } from 'node:stream';
import SMTPConnection from 'nodemailer/lib/smtp-connection';
import { messageOf } from '../../kit/errors.ts';
import type { SmtpServer } from './config.ts';

/** The outcome of one attempt to deliver one mail to one server. */
export type Attempt =
  /** `notTo`: recipients that the server refused while it accepted others. */
  | { readonly outcome: 'sent'; readonly notTo: readonly string[] }
  /** The server accepts no mail: down, slow, wrong certificate, wrong password. */
  | { readonly outcome: 'unreachable'; readonly reason: string }
  /** The server refused this mail temporarily. */
  | { readonly outcome: 'deferred'; readonly reason: string }
  /** The server refused this mail permanently. */
  | { readonly outcome: 'refused'; readonly reason: string }
  /** The server received the complete mail but did not reply: it may have accepted it. */
  | { readonly outcome: 'unsure'; readonly reason: string };

export interface Message {
  readonly from: string;
  readonly to: readonly string[];
  /** The bytes sent to the server. */
  readonly source: Buffer;
}

export interface AttemptOptions {
  readonly passwordFile: string;
  readonly caFile: string;
  /** For connecting, greeting and each reply. */
  readonly timeoutMs: number;
  /** For the complete session: a server that sends a byte now and then must not block the mail forever. */
  readonly deadlineMs: number;
}

/** Never throws. Requires STARTTLS with a certificate of the stack's own authority, and a login. */
export async function attemptSmtp(server: SmtpServer, message: Message, options: AttemptOptions): Promise<Attempt> {
  const progress = { isFullySent: false };
  let secrets: readonly string[] = [];
  try {
    // The files are read for each mail: a renewed password or authority applies at once, and a missing file is a failure like any other.
    const password = readFileSync(options.passwordFile, 'utf8').trim();
    secrets = [password, ...encodedForms(server.user, password)];
    const notTo = await converse(server, message, {
      ...options,
      password,
      ca: readFileSync(options.caFile, 'utf8'),
      progress,
    });
    return { outcome: 'sent', notTo };
  } catch (error) {
    return attemptOf(error, progress.isFullySent, secrets);
  }
}

interface Conversation extends AttemptOptions {
  readonly password: string;
  readonly ca: string;
  readonly progress: { isFullySent: boolean };
}

/** A complete SMTP session; returns the recipients that the server refused. Rejects with the first error of any part. */
function converse(server: SmtpServer, message: Message, options: Conversation): Promise<readonly string[]> {
  const { timeoutMs, deadlineMs, ca, password, progress } = options;
  const connection = new SMTPConnection({
    ...{ host: server.host, port: server.port, secure: false, requireTLS: true },
    tls: { ca, servername: server.servername, minVersion: 'TLSv1.2' },
    ...{ connectionTimeout: timeoutMs, greetingTimeout: timeoutMs, socketTimeout: timeoutMs },
  });
  const { promise, resolve, reject } = Promise.withResolvers<readonly string[]>();
  const timer = setTimeout(() => {
    reject(new Error(`not finished within ${deadlineMs} ms`));
  }, deadlineMs);
  const then =
    (next: () => void) =>
    (error?: Error | null): void => {
      if (error instanceof Error) reject(error);
      else next();
    };
  const source = Readable.from([message.source], { objectMode: false });
  source.once('end', () => {
    progress.isFullySent = true;
  });
  const envelope = { from: message.from, to: [...message.to], size: message.source.length };
  connection.on('error', reject);
  connection.once('end', () => {
    reject(new Error('the server ended the connection'));
  });
  connection.connect(
    then(() => {
      connection.login(
        { credentials: { user: server.user, pass: password } },
        then(() => {
          connection.send(envelope, source, (error, info) => {
            if (error === null) resolve(info.rejected);
            else reject(error);
          });
        }),
      );
    }),
  );
  return promise.finally(() => {
    clearTimeout(timer);
    // Not `quit`, which waits for one more reply although the outcome is known.
    connection.close();
  });
}

/** Commands whose refusal is about the mail, not about the connection. */
const MAIL_COMMANDS: ReadonlySet<string> = new Set(['MAIL FROM', 'RCPT TO', 'DATA']);

function attemptOf(error: unknown, isFullySent: boolean, secrets: readonly string[]): Attempt {
  const { responseCode, command } = error as { readonly responseCode?: unknown; readonly command?: unknown };
  // A server may echo the credentials in its reply; the password must not reach the log.
  const reason = secrets.reduce((text, secret) => text.replaceAll(secret, '***'), messageOf(error));
  if (typeof responseCode !== 'number') return { outcome: isFullySent ? 'unsure' : 'unreachable', reason };
  // 421: the server is shutting down, independent of the command.
  if (typeof command !== 'string' || !MAIL_COMMANDS.has(command) || responseCode === 421) {
    return { outcome: 'unreachable', reason };
  }
  return { outcome: responseCode >= 500 ? 'refused' : 'deferred', reason };
}

/** The password as encoded by AUTH LOGIN and AUTH PLAIN. */
function encodedForms(user: string, password: string): readonly string[] {
  return [password, `\0${user}\0${password}`].map((text) => Buffer.from(text).toString('base64'));
}
