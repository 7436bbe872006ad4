import { composeMessage } from './compose-message.ts';
import type { SmtpServer } from './config.ts';
import type { MailText } from './mail-text.ts';
import { type Attempt, type AttemptOptions, attemptSmtp } from './smtp-attempt.ts';

/** The outcome of sending one mail; the reason names each server that was tried. */
export type Sending =
  { readonly outcome: 'sent' } | { readonly outcome: Exclude<Attempt['outcome'], 'sent'>; readonly reason: string };

export type SendMail = (mail: MailText) => Promise<Sending>;

interface SmtpOptions extends AttemptOptions {
  /** In the order of preference. */
  readonly servers: readonly SmtpServer[];
  readonly from: string;
  readonly to: readonly string[];
  /** Monotonic time in ms. */
  readonly elapsed: () => number;
  readonly onAttempt: (server: SmtpServer, attempt: Attempt, tookMs: number) => void;
}

/** A server that did not respond is tried last for this long, so that mails do not wait for it first. */
const DEPRIORITIZE_MS = 30_000;

/**
 * Sends a mail through the first server that accepts it. A server that refuses a mail, even permanently, may be misconfigured, so the
 * others are tried, too; the outcome is `refused` only if all of them refuse. After an unsure attempt the same server is tried first
 * the next time: if it has the mail, it recognizes the Message-ID. Only if it is unreachable, another server gets the mail: a
 * duplicate is better than a loss.
 */
export function makeSendMail(options: SmtpOptions): SendMail {
  const { servers, elapsed, onAttempt } = options;
  const deprioritizedUntil = new Map<SmtpServer, number>();
  const unsureServers = new Map<string, SmtpServer>();
  return async (mail) => {
    const message = await composeMessage(mail, options);
    const unsureServer = unsureServers.get(mail.messageId);
    const failures: { readonly server: SmtpServer; readonly attempt: Exclude<Attempt, { outcome: 'sent' }> }[] = [];
    for (const server of inOrder(servers, {
      unsureServer,
      isDeprioritized: (one) => (deprioritizedUntil.get(one) ?? 0) > elapsed(),
    })) {
      const startedAt = elapsed();
      const attempt = await attemptSmtp(server, message, options);
      onAttempt(server, attempt, elapsed() - startedAt);
      if (attempt.outcome === 'unreachable' || attempt.outcome === 'unsure')
        deprioritizedUntil.set(server, elapsed() + DEPRIORITIZE_MS);
      else deprioritizedUntil.delete(server);
      if (attempt.outcome === 'sent') {
        unsureServers.delete(mail.messageId);
        return { outcome: 'sent' };
      }
      failures.push({ server, attempt });
      if (attempt.outcome === 'unsure') {
        unsureServers.set(mail.messageId, server);
        break;
      }
    }
    const sending = sendingOf(failures);
    if (sending.outcome === 'refused') unsureServers.delete(mail.messageId);
    return sending;
  };
}

interface OrderContext {
  readonly unsureServer: SmtpServer | undefined;
  readonly isDeprioritized: (server: SmtpServer) => boolean;
}

function inOrder(
  servers: readonly SmtpServer[],
  { unsureServer, isDeprioritized }: OrderContext,
): readonly SmtpServer[] {
  const rank = (server: SmtpServer): number => (server === unsureServer ? 0 : isDeprioritized(server) ? 2 : 1);
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
  // The outcomes differ, so at least one server may accept this mail later.
  return { outcome: outcomes.size === 1 ? only : 'deferred', reason };
}
