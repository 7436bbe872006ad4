import { readFileSync } from 'node:fs';
import { Readable } from 'node:stream';
import SMTPConnection from 'nodemailer/lib/smtp-connection';
import { messageOf } from '../../kit/errors.ts';
import type { SmtpServer } from './config.ts';

/** How a try to hand one mail to one server ended. */
export type Attempt =
  /** `notTo`: recipients that the server refused while it took others. */
  | { readonly outcome: 'sent'; readonly notTo: readonly string[] }
  /** The server took no mail at all: down, slow, wrong certificate, wrong password. */
  | { readonly outcome: 'unreachable'; readonly reason: string }
  /** The server refused this mail for now. */
  | { readonly outcome: 'deferred'; readonly reason: string }
  /** The server refused this mail for good. */
  | { readonly outcome: 'refused'; readonly reason: string }
  /** The server got the whole mail, and no answer came: it may have taken it. */
  | { readonly outcome: 'unsure'; readonly reason: string };

export interface Message {
  readonly from: string;
  readonly to: readonly string[];
  /** As it goes over the wire. */
  readonly source: Buffer;
}

export interface AttemptOptions {
  readonly passwordFile: string;
  readonly caFile: string;
  /** For connecting, greeting and each answer. */
  readonly timeoutMs: number;
  /** For everything together: a server that says a word now and then must not hold the mail for ever. */
  readonly deadlineMs: number;
}

/** Never throws. STARTTLS with a certificate of our own authority and a login are demanded. */
export async function attemptSmtp(server: SmtpServer, message: Message, options: AttemptOptions): Promise<Attempt> {
  const progress = { allGiven: false };
  let secrets: readonly string[] = [];
  try {
    // Files are read for each mail: a renewed password or authority counts at once, and one that is missing is a reason like any other.
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
    return attemptOf(error, progress.allGiven, secrets);
  }
}

interface Conversation extends AttemptOptions {
  readonly password: string;
  readonly ca: string;
  readonly progress: { allGiven: boolean };
}

/** The whole conversation with a server; answers the recipients that it refused. Rejects with the first error of any part. */
function converse(server: SmtpServer, message: Message, options: Conversation): Promise<readonly string[]> {
  const { timeoutMs, deadlineMs, ca, password, progress } = options;
  const connection = new SMTPConnection({
    ...{ host: server.host, port: server.port, secure: false, requireTLS: true },
    tls: { ca, servername: server.servername, minVersion: 'TLSv1.2' },
    ...{ connectionTimeout: timeoutMs, greetingTimeout: timeoutMs, socketTimeout: timeoutMs },
  });
  const { promise, resolve, reject } = Promise.withResolvers<readonly string[]>();
  const timer = setTimeout(() => {
    reject(new Error(`not done within ${deadlineMs} ms`));
  }, deadlineMs);
  const then =
    (next: () => void) =>
    (error?: Error | null): void => {
      if (error instanceof Error) reject(error);
      else next();
    };
  const source = Readable.from([message.source], { objectMode: false });
  source.once('end', () => {
    progress.allGiven = true;
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
    // Not `quit`: that waits for one more answer. The mail is taken or not by now.
    connection.close();
  });
}

/** Commands whose refusal is about the mail, not about the connection. */
const MAIL_COMMANDS: ReadonlySet<string> = new Set(['MAIL FROM', 'RCPT TO', 'DATA']);

function attemptOf(error: unknown, allGiven: boolean, secrets: readonly string[]): Attempt {
  const { responseCode, command } = error as { readonly responseCode?: unknown; readonly command?: unknown };
  // Whatever a server repeats of what it was told, the password goes into no log.
  const reason = secrets.reduce((text, secret) => text.replaceAll(secret, '***'), messageOf(error));
  if (typeof responseCode !== 'number') return { outcome: allGiven ? 'unsure' : 'unreachable', reason };
  // 421: the server is closing down, whatever it was asked.
  if (typeof command !== 'string' || !MAIL_COMMANDS.has(command) || responseCode === 421) {
    return { outcome: 'unreachable', reason };
  }
  return { outcome: responseCode >= 500 ? 'refused' : 'deferred', reason };
}

/** How AUTH LOGIN and AUTH PLAIN write a password. */
function encodedForms(user: string, password: string): readonly string[] {
  return [password, `\0${user}\0${password}`].map((text) => Buffer.from(text).toString('base64'));
}
