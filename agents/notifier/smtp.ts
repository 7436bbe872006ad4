import { composeMessage } from './compose-message.ts';
import type { SmtpServer } from './config.ts';
import type { MailText } from './mail-text.ts';
import { type Attempt, type AttemptOptions, attemptSmtp } from './smtp-attempt.ts';

/** How a try to send one mail by whichever server ended; the reason names each server that was asked. */
export type Sending =
  { readonly outcome: 'sent' } | { readonly outcome: Exclude<Attempt['outcome'], 'sent'>; readonly reason: string };

export type SendMail = (mail: MailText) => Promise<Sending>;

interface SmtpOptions extends AttemptOptions {
  /** In the order of preference. */
  readonly servers: readonly SmtpServer[];
  readonly from: string;
  readonly to: readonly string[];
  /** Time that only passes, in ms. */
  readonly elapsed: () => number;
  readonly onAttempt: (server: SmtpServer, attempt: Attempt, tookMs: number) => void;
}

/** A server that did not answer is asked last for this long: no mail should wait for it first. */
const REST_MS = 30_000;

/**
 * Sends by the first server that takes the mail. One that refuses a mail, even for good, may be the one that is set up wrongly, so the
 * others are asked too; refused is what all of them refuse. After an unsure try the same server is asked first the next time: it knows
 * the Message-ID if it has the mail. Only when it cannot be asked, another one gets it: better twice than never.
 */
export function makeSendMail(options: SmtpOptions): SendMail {
  const { servers, elapsed, onAttempt } = options;
  const restsUntil = new Map<SmtpServer, number>();
  const mayHave = new Map<string, SmtpServer>();
  return async (mail) => {
    const message = await composeMessage(mail, options);
    const doubtful = mayHave.get(mail.messageId);
    const failures: { readonly server: SmtpServer; readonly attempt: Exclude<Attempt, { outcome: 'sent' }> }[] = [];
    for (const server of inOrder(servers, {
      doubtful,
      rests: (one) => (restsUntil.get(one) ?? 0) > elapsed(),
    })) {
      const startedAt = elapsed();
      const attempt = await attemptSmtp(server, message, options);
      onAttempt(server, attempt, elapsed() - startedAt);
      if (attempt.outcome === 'unreachable' || attempt.outcome === 'unsure')
        restsUntil.set(server, elapsed() + REST_MS);
      else restsUntil.delete(server);
      if (attempt.outcome === 'sent') {
        mayHave.delete(mail.messageId);
        return { outcome: 'sent' };
      }
      failures.push({ server, attempt });
      if (attempt.outcome === 'unsure') {
        mayHave.set(mail.messageId, server);
        break;
      }
    }
    const sending = sendingOf(failures);
    if (sending.outcome === 'refused') mayHave.delete(mail.messageId);
    return sending;
  };
}

interface OrderFacts {
  readonly doubtful: SmtpServer | undefined;
  readonly rests: (server: SmtpServer) => boolean;
}

function inOrder(servers: readonly SmtpServer[], { doubtful, rests }: OrderFacts): readonly SmtpServer[] {
  const rank = (server: SmtpServer): number => (server === doubtful ? 0 : rests(server) ? 2 : 1);
  return servers.toSorted((a, b) => rank(a) - rank(b));
}

function sendingOf(
  failures: readonly { readonly server: SmtpServer; readonly attempt: Exclude<Attempt, { outcome: 'sent' }> }[],
): Sending {
  const reason = failures.map(({ server, attempt }) => `${server.servername}: ${attempt.reason}`).join('; ');
  const outcomes = new Set(failures.map(({ attempt }) => attempt.outcome));
  const [only] = outcomes;
  if (outcomes.has('unsure')) return { outcome: 'unsure', reason };
  if (only === undefined) return { outcome: 'unreachable', reason: 'no SMTP server is configured' };
  // They differ: at least one may take this very mail later.
  return { outcome: outcomes.size === 1 ? only : 'deferred', reason };
}
