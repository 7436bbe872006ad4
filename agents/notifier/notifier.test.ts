import { mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SMTPServer } from 'smtp-server';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { makeSecrets } from '../../deploy/make-secrets.ts';
import { makeTopology } from '../../deploy/topology.ts';
import { waitFor } from '../../kit/deadline.ts';
import { type MailSummary, mailListSchema } from '../../deploy/mail/mailbox-api.ts';
import { type Mailbox, openMailbox } from '../mailbox/mailbox.ts';
import type { NotifierConfig } from './config.ts';
import { samplePayload } from './fixtures.ts';
import { type Notifier, openNotifier } from './notifier.ts';

const secrets = mkdtempSync(join(tmpdir(), 'holdfast-secrets-'));
let folder: string;
let stack: AsyncDisposableStack;

beforeAll(async () => {
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

async function startMailbox(smtpPort = 0): Promise<Mailbox> {
  return stack.use(
    await openMailbox(
      {
        host: 'mail1',
        smtpPort,
        pagePort: 0,
        folder: join(folder, 'mail'),
        user: 'notifier',
        passwordFile: join(secrets, 'smtp-password'),
        certFile: join(secrets, 'mail-cert'),
        keyFile: join(secrets, 'mail-key'),
        maxMails: 100,
        links: [],
      },
      () => undefined,
    ),
  );
}

async function startNotifier(host: string, smtpPort: number, peers: NotifierConfig['peers'] = []): Promise<Notifier> {
  return openNotifier(
    {
      host,
      port: 0,
      stateFolder: join(folder, host),
      from: `notifier@${host}.holdfast.example`,
      to: ['oncall@holdfast.example'],
      smtp: [{ host: '127.0.0.1', port: smtpPort, servername: 'mail1', user: 'notifier' }],
      passwordFile: join(secrets, 'smtp-password'),
      caFile: join(secrets, 'ca-cert'),
      repeatAfterMs: 60_000,
      watchdogDeadlineMs: 60_000,
      peers,
    },
    () => undefined,
  );
}

async function post(notifier: Notifier, body: unknown): Promise<number> {
  const response = await fetch(`http://127.0.0.1:${notifier.port}/webhook`, {
    method: 'POST',
    body: JSON.stringify(body),
  });
  return response.status;
}

async function mailsOf(mailbox: Mailbox): Promise<readonly MailSummary[]> {
  const response = await fetch(`http://127.0.0.1:${mailbox.pagePort}/api/messages?since=0`);
  return mailListSchema.parse(await response.json());
}

async function mailsWhen(mailbox: Mailbox, count: number): Promise<readonly MailSummary[]> {
  return waitFor(
    async () => {
      const mails = await mailsOf(mailbox);
      return mails.length >= count && mails;
    },
    { what: `${count} mails`, deadlineMs: 15_000, intervalMs: 50 },
  );
}

async function metric(notifier: Notifier, line: string): Promise<number> {
  const text = await (await fetch(`http://127.0.0.1:${notifier.port}/metrics`)).text();
  return Number(
    text
      .split('\n')
      .find((one) => one.startsWith(`${line} `))
      ?.split(' ')
      .at(-1),
  );
}

const LOST = samplePayload([{ name: 'LoadBalancerLost', host: 'lb1' }]);
const BACK = samplePayload([{ name: 'LoadBalancerLost', host: 'lb1', status: 'resolved' }]);

describe('notifier and mailbox together', { timeout: 30_000 }, () => {
  it('turn webhooks into mails that say machine-readably what they are about, in one thread', async () => {
    const mailbox = await startMailbox();
    const notifier = stack.use(await startNotifier('mon1', mailbox.smtpPort));
    expect(await post(notifier, LOST)).toBe(200);
    expect(await post(notifier, BACK)).toBe(200);
    const mails = await mailsWhen(mailbox, 2);
    expect(mails.map(({ subject }) => subject)).toEqual([
      '[FIRING] LoadBalancerLost lb1',
      '[RESOLVED] LoadBalancerLost lb1',
    ]);
    expect(mails[0]).toMatchObject({
      alertname: 'LoadBalancerLost',
      status: 'firing',
      host: 'lb1',
      alerts: [
        {
          alertname: 'LoadBalancerLost',
          status: 'firing',
          host: 'lb1',
          startsAtMs: Date.parse('2026-11-23T15:00:00.918Z'),
        },
      ],
    });
  });

  it('answer at once while the mail server is down, and mail once when it is back', async () => {
    const first = await startMailbox();
    const { smtpPort } = first;
    await first[Symbol.asyncDispose]();
    const notifier = stack.use(await startNotifier('mon1', smtpPort));
    const before = performance.now();
    expect(await post(notifier, LOST)).toBe(200);
    expect(await post(notifier, LOST)).toBe(200);
    expect(performance.now() - before).toBeLessThan(1_000);
    await waitFor(async () => (await metric(notifier, 'holdfast_notifier_sendings_total{outcome="unreachable"}')) > 0, {
      what: 'a failed try',
      deadlineMs: 10_000,
      intervalMs: 50,
    });
    const mailbox = await startMailbox(smtpPort);
    await mailsWhen(mailbox, 1);
    await waitFor(async () => (await metric(notifier, 'holdfast_notifier_queue_length')) === 0, {
      what: 'an empty queue',
      deadlineMs: 5_000,
    });
    expect(await mailsOf(mailbox)).toHaveLength(1);
  });

  it('mail after a restart what was taken before it, once', async () => {
    const first = await startMailbox();
    const { smtpPort } = first;
    await first[Symbol.asyncDispose]();
    const killed = await startNotifier('mon1', smtpPort);
    await post(killed, LOST);
    await killed[Symbol.asyncDispose]();
    const mailbox = await startMailbox(smtpPort);
    const notifier = stack.use(await startNotifier('mon1', smtpPort));
    await mailsWhen(mailbox, 1);
    await post(notifier, LOST);
    await post(notifier, BACK);
    expect((await mailsWhen(mailbox, 2)).map(({ status }) => status)).toEqual(['firing', 'resolved']);
  });

  it('mail news once that two notifiers got, and the end of it once', async () => {
    const mailbox = await startMailbox();
    const first = stack.use(await startNotifier('mon1', mailbox.smtpPort));
    const second = stack.use(
      await startNotifier('mon2', mailbox.smtpPort, [{ host: 'mon1', url: `http://127.0.0.1:${first.port}` }]),
    );
    await Promise.all([post(first, LOST), post(second, LOST)]);
    await mailsWhen(mailbox, 1);
    await waitFor(async () => (await metric(second, 'holdfast_notifier_queue_length')) === 0, {
      what: 'an empty queue',
      deadlineMs: 15_000,
    });
    await post(second, BACK);
    expect((await mailsWhen(mailbox, 2)).map(({ status }) => status)).toEqual(['firing', 'resolved']);
  });

  it('put aside what the mail server refuses for good', async () => {
    const server = new SMTPServer({
      secure: false,
      authOptional: true,
      onAuth: (_auth, _session, callback) => {
        callback(null, { user: 'notifier' });
      },
      onRcptTo: (_address, _session, callback) => {
        callback(Object.assign(new Error('no such mailbox'), { responseCode: 550 }));
      },
      cert: readFileSync(join(secrets, 'mail-cert'), 'utf8'),
      key: readFileSync(join(secrets, 'mail-key'), 'utf8'),
    });
    const port = await new Promise<number>((resolve) => {
      const listener = server.listen(0, () => {
        const address = listener.address();
        resolve(typeof address === 'object' && address !== null ? address.port : 0);
      });
    });
    stack.defer(
      () =>
        new Promise<void>((resolve) => {
          server.close(resolve);
        }),
    );
    const notifier = stack.use(await startNotifier('mon1', port));
    await post(notifier, LOST);
    await waitFor(async () => (await metric(notifier, 'holdfast_notifier_dead_mails')) === 1, {
      what: 'a dead mail',
      deadlineMs: 10_000,
    });
    expect(readdirSync(join(folder, 'mon1', 'queue'))).toEqual([]);
  });

  it('refuse what is no notification, and keep it', async () => {
    const notifier = stack.use(await startNotifier('mon1', 9));
    expect(await post(notifier, { hello: 'world' })).toBe(400);
    expect(readdirSync(join(folder, 'mon1', 'dead'))).toHaveLength(1);
  });
});
