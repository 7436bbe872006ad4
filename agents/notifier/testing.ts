import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach } from 'vitest';
import { SMTPServer, type SMTPServerOptions } from 'smtp-server';
import { type MailSummary, mailListSchema } from '../../deploy/tiers/mail/mailbox-api.ts';
import { makeSecrets } from '../../deploy/stack/make-secrets.ts';
import { makeTopology } from '../../deploy/model/topology.ts';
import { waitFor } from '../../kit/deadline.ts';
import { type Mailbox, openMailbox } from '../mailbox/mailbox.ts';
import type { NotifierConfig } from './config.ts';
import { type Notifier, openNotifier } from './notifier.ts';
import type { Peer } from './peers.ts';

const SECRETS = {
  passwordFile: 'smtp-password',
  caFile: 'ca-cert',
  certFile: 'mail-cert',
  keyFile: 'mail-key',
} as const;

interface NotifierStart extends Partial<
  Pick<NotifierConfig, 'peers' | 'flood' | 'chart' | 'ends' | 'links' | 'heartbeatTargets'>
> {
  readonly host: string;
  /** Ports of the SMTP servers, in the order of preference. */
  readonly smtp: readonly number[];
  readonly watchdog?: Partial<NotifierConfig['watchdog']>;
  readonly log?: (line: string) => void;
}

/** Real notifiers, mailboxes and SMTP servers for tests. Certificates are created once; each test has its own folder and closes everything. */
export interface TestBench {
  /** State folder of this test; each notifier has a subfolder named by its host. */
  readonly folder: () => string;
  readonly secret: (name: keyof typeof SECRETS) => string;
  readonly startMailbox: (smtpPort?: number) => Promise<Mailbox>;
  readonly startNotifier: (start: NotifierStart) => Promise<Notifier>;
  /** Starts an SMTP server that accepts every mail by default; returns its port. */
  readonly startSmtp: (options?: SMTPServerOptions, port?: number) => Promise<number>;
  readonly defer: (close: () => Promise<void>) => void;
}

/** Call it at the top of a test file. */
export function openTestBench(): TestBench {
  let secrets = '';
  let folder = '';
  let stack = new AsyncDisposableStack();
  const secret: TestBench['secret'] = (name) => join(secrets, SECRETS[name]);
  beforeAll(async () => {
    secrets = mkdtempSync(join(tmpdir(), 'holdfast-secrets-'));
    await makeSecrets(makeTopology(), secrets);
  });
  afterAll(() => {
    rmSync(secrets, { recursive: true });
  });
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'holdfast-notifier-'));
    stack = new AsyncDisposableStack();
  });
  afterEach(async () => {
    await stack.disposeAsync();
    rmSync(folder, { recursive: true });
  });
  return {
    folder: () => folder,
    secret,
    defer: (close) => {
      stack.defer(close);
    },
    startMailbox: async (smtpPort = 0) =>
      stack.use(
        await openMailbox(
          {
            ...{ host: 'mail1', smtpPort, pagePort: 0, user: 'notifier', maxMails: 100, links: [] },
            ...{ folder: join(folder, 'mail'), runbooksFolder: join(import.meta.dirname, '../../alerts/runbooks') },
            passwordFile: secret('passwordFile'),
            ...{ certFile: secret('certFile'), keyFile: secret('keyFile') },
          },
          () => undefined,
        ),
      ),
    startNotifier: async ({ host, smtp, watchdog, log = () => undefined, ...rest }) =>
      stack.use(
        await openNotifier(
          {
            ...{ host, port: 0, stateFolder: join(folder, host), from: `notifier@${host}.holdfast.example` },
            to: ['oncall@holdfast.example'],
            smtp: smtp.map((port) => ({ host: '127.0.0.1', port, servername: 'mail1', user: 'notifier' })),
            ...{ passwordFile: secret('passwordFile'), caFile: secret('caFile') },
            ...{ repeatAfterMs: 60_000, peers: [], links: {}, heartbeatTargets: [] },
            watchdog: { alert: 'WatchdogSilent', heartbeatSources: [], deadlineMs: 60_000, ...watchdog },
            chart: { prometheus: [], plotsFile: '/nonexistent', leadMs: 60_000, minStepMs: 1_000, deadlineMs: 500 },
            flood: { groups: 10, withinMs: 10_000 },
            ...rest,
          },
          log,
        ),
      ),
    startSmtp: async (options = {}, fixedPort = 0) => {
      const server = new SMTPServer({
        secure: false,
        onAuth: (_auth, _session, callback) => {
          callback(null, { user: 'notifier' });
        },
        cert: readFileSync(secret('certFile'), 'utf8'),
        key: readFileSync(secret('keyFile'), 'utf8'),
        closeTimeout: 100,
        ...options,
      });
      // Some tests close the client connection during a session.
      server.on('error', () => undefined);
      const listener = server.listen(fixedPort, '127.0.0.1');
      await new Promise((resolve) => listener.once('listening', resolve));
      stack.defer(
        () =>
          new Promise<void>((resolve) => {
            server.close(resolve);
          }),
      );
      const address = listener.address();
      return typeof address === 'object' && address !== null ? address.port : 0;
    },
  };
}

/** Posts a webhook; returns the status of the notifier's response. */
export async function post(notifier: Notifier, body: unknown): Promise<number> {
  const response = await fetch(`http://127.0.0.1:${notifier.port}/webhook`, {
    method: 'POST',
    body: JSON.stringify(body),
  });
  return response.status;
}

export async function mailsOf(mailbox: Mailbox): Promise<readonly MailSummary[]> {
  const response = await fetch(`http://127.0.0.1:${mailbox.pagePort}/api/messages?since=0`);
  return mailListSchema.parse(await response.json());
}

/** Waits until the mailbox has at least `count` mails. */
export async function mailsWhen(mailbox: Mailbox, count: number): Promise<readonly MailSummary[]> {
  return waitFor(
    async () => {
      const mails = await mailsOf(mailbox);
      return mails.length >= count && mails;
    },
    { what: `${count} mails`, deadlineMs: 15_000, intervalMs: 50 },
  );
}

/** The value of one series, such as `name{label="value"}`; NaN if it is missing. */
export async function metric(notifier: Notifier, series: string): Promise<number> {
  const text = await (await fetch(`http://127.0.0.1:${notifier.port}/metrics`)).text();
  const line = text.split('\n').find((one) => one.startsWith(`${series} `));
  return Number(line?.split(' ').at(-1));
}

/** The peer configuration for a notifier. */
export function peerOf(host: string, { port }: Notifier): Peer {
  return { host, url: `http://127.0.0.1:${port}` };
}
