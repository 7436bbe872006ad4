import { timingSafeEqual } from 'node:crypto';
import { buffer } from 'node:stream/consumers';
import { SMTPServer } from 'smtp-server';
import { messageOf } from '../../kit/errors.ts';
import type { MailSummary } from '../../deploy/tiers/mail/mailbox-api.ts';
import type { MailStore } from './store.ts';

interface SinkOptions {
  readonly store: MailStore;
  readonly host: string;
  readonly user: string;
  readonly password: string;
  /** PEM. */
  readonly cert: string;
  readonly key: string;
  readonly now: () => number;
  readonly onMail: (mail: MailSummary) => void;
  readonly log: (line: string) => void;
}

const MAX_MAIL_BYTES = 2 * 1024 * 1024;

/** An SMTP server that stores every mail. It accepts a mail only after it is on disk. AUTH requires STARTTLS. */
export function makeSmtpSink(options: SinkOptions): SMTPServer {
  const { store, user, password, now, onMail, log } = options;
  const server = new SMTPServer({
    name: options.host,
    secure: false,
    cert: options.cert,
    key: options.key,
    minVersion: 'TLSv1.2',
    authMethods: ['PLAIN', 'LOGIN'],
    authOptional: false,
    allowInsecureAuth: false,
    disableReverseLookup: true,
    size: MAX_MAIL_BYTES,
    maxClients: 50,
    socketTimeout: 30_000,
    logger: false,
    onAuth(auth, _session, callback) {
      if (auth.username === user && equal(auth.password ?? '', password)) callback(null, { user });
      else callback(new Error('wrong user or password'));
    },
    onData(stream, _session, callback) {
      buffer(stream)
        .then(async (source) => {
          if (stream.sizeExceeded) throw new Error(`a mail may have ${MAX_MAIL_BYTES} bytes`);
          onMail(await store.add(source, now()));
        })
        .then(
          () => {
            callback(null);
          },
          (error: unknown) => {
            log(`a mail was not kept: ${messageOf(error)}`);
            callback(Object.assign(new Error('not kept'), { responseCode: stream.sizeExceeded ? 552 : 451 }));
          },
        );
    },
  });
  server.on('error', (error) => {
    log(`SMTP: ${messageOf(error)}`);
  });
  return server;
}

function equal(given: string, expected: string): boolean {
  const [a, b] = [Buffer.from(given), Buffer.from(expected)];
  return a.length === b.length && timingSafeEqual(a, b);
}
