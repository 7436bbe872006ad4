import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeSecrets } from '../../deploy/stack/make-secrets.ts';
import { makeTopology } from '../../deploy/model/topology.ts';
import { waitFor } from '../../kit/deadline.ts';
import type { MailText } from './mail-text.ts';
import type { Attempt } from './smtp-attempt.ts';
import { type SendMail, makeSendMail } from './smtp.ts';
import { type LinkState, startSmtpProxy, startTcp } from './testing-lines.ts';
import { mailsOf, openTestBench } from './testing.ts';

const bench = openTestBench();
/** Secrets of another authority, which the notifier does not trust. */
const foreignSecrets = mkdtempSync(join(tmpdir(), 'holdfast-strangers-'));
beforeAll(async () => {
  await makeSecrets(makeTopology(), foreignSecrets);
});
afterAll(() => {
  rmSync(foreignSecrets, { recursive: true });
});

const MAIL: MailText = {
  ...{ subject: 'a', text: 'b', html: '<p>c</p>', messageId: '<1@x>', references: '<thread@x>', headers: {} },
  pictures: [],
};
/** Large enough for the proxy to distinguish the mail from the commands before it. */
const BIG: MailText = { ...MAIL, pictures: [{ cid: 'p@x', png: Buffer.alloc(60_000, 7) }] };

interface Sender {
  readonly send: SendMail;
  /** Port and outcome of each attempt, in order. */
  readonly attempts: readonly (readonly [port: number, outcome: Attempt['outcome']])[];
  /** Advances the clock. */
  readonly pass: (ms: number) => void;
}

function openSender(ports: readonly number[], servername = 'mail1'): Sender {
  const attempts: (readonly [number, Attempt['outcome']])[] = [];
  let laterMs = 0;
  const send = makeSendMail({
    servers: ports.map((port) => ({ host: '127.0.0.1', port, servername, user: 'notifier' })),
    from: 'Notifier <notifier@mon1.holdfast.example>',
    to: ['oncall@holdfast.example'],
    ...{
      passwordFile: bench.secret('passwordFile'),
      caFile: bench.secret('caFile'),
      timeoutMs: 1_000,
      deadlineMs: 4_000,
    },
    elapsed: () => performance.now() + laterMs,
    onAttempt: ({ port }, { outcome }) => attempts.push([port, outcome]),
  });
  return { send, attempts, pass: (ms) => (laterMs += ms) };
}

const refusing = (code: number) =>
  bench.startSmtp({
    onRcptTo: (_address, _session, callback) => {
      callback(Object.assign(new Error('not this one'), { responseCode: code }));
    },
  });

/** First servers that do not accept the mail, and the outcome of the attempt. */
const TROUBLES: readonly (readonly [string, Attempt['outcome'], () => Promise<number>])[] = [
  ['is down', 'unreachable', () => Promise.resolve(9)],
  ['sends nothing', 'unreachable', () => startTcp(bench, () => undefined)],
  [
    'sends a byte now and then',
    'unreachable',
    () =>
      startTcp(bench, (socket) => {
        const timer = setInterval(() => socket.write('2'), 100);
        socket.once('close', () => {
          clearInterval(timer);
        });
      }),
  ],
  ['closes the connection', 'unreachable', () => startTcp(bench, (socket) => socket.destroy())],
  ['refuses the mail temporarily', 'deferred', () => refusing(451)],
  ['refuses the mail permanently', 'refused', () => refusing(550)],
  ['is shutting down', 'unreachable', () => refusing(421)],
  [
    'has no STARTTLS',
    'unreachable',
    () => bench.startSmtp({ disabledCommands: ['STARTTLS'], allowInsecureAuth: true }),
  ],
  [
    'has a certificate of another authority',
    'unreachable',
    () =>
      bench.startSmtp({
        cert: readFileSync(join(foreignSecrets, 'mail-cert'), 'utf8'),
        key: readFileSync(join(foreignSecrets, 'mail-key'), 'utf8'),
      }),
  ],
  [
    'rejects the password',
    'unreachable',
    () =>
      bench.startSmtp({
        onAuth: (_auth, _session, callback) => {
          callback(Object.assign(new Error('wrong password'), { responseCode: 535 }));
        },
      }),
  ],
];

describe('several SMTP servers', { timeout: 20_000 }, () => {
  it.each(TROUBLES)('the second accepts the mail once when the first %s', async (_what, outcome, start) => {
    const first = await start();
    const mailbox = await bench.startMailbox();
    const { send, attempts } = openSender([first, mailbox.smtpPort]);
    expect(await send(MAIL)).toEqual({ outcome: 'sent' });
    expect(attempts).toEqual([
      [first, outcome],
      [mailbox.smtpPort, 'sent'],
    ]);
    expect(await mailsOf(mailbox)).toMatchObject([{ subject: 'a', copies: 1 }]);
  });

  it('a server whose certificate has another name is rejected', async () => {
    const mailbox = await bench.startMailbox();
    expect(await openSender([mailbox.smtpPort], 'mail9').send(MAIL)).toMatchObject({ outcome: 'unreachable' });
    expect(await mailsOf(mailbox)).toEqual([]);
  });

  it('a server that did not respond is tried last for a while, and then first again', async () => {
    const unresponsive = await startTcp(bench, () => undefined);
    const mailbox = await bench.startMailbox();
    const { send, attempts, pass } = openSender([unresponsive, mailbox.smtpPort]);
    await send({ ...MAIL, messageId: '<1@x>' });
    await send({ ...MAIL, messageId: '<2@x>' });
    pass(60_000);
    await send({ ...MAIL, messageId: '<3@x>' });
    expect(attempts.map(([port]) => port)).toEqual([
      ...[unresponsive, mailbox.smtpPort],
      mailbox.smtpPort,
      ...[unresponsive, mailbox.smtpPort],
    ]);
  });

  it.each([
    ['all are down', [9, 9], 'unreachable'],
    ['one is down and one refuses permanently: the other may accept the mail later', [9, 550], 'deferred'],
    ['all refuse permanently', [550, 554], 'refused'],
    ['one refuses temporarily', [451, 550], 'deferred'],
  ])('%s', async (_what, codes, outcome) => {
    const ports = await Promise.all(codes.map((code) => (code === 9 ? Promise.resolve(9) : refusing(code))));
    expect(await openSender(ports).send(MAIL)).toMatchObject({ outcome });
  });

  it('a mail that may have arrived is retried at the same server, and is in the mailbox once', async () => {
    const mailbox = await bench.startMailbox();
    const other = await bench.startSmtp();
    let link: LinkState = 'loses the last reply';
    const broken = await startSmtpProxy(bench, { port: mailbox.smtpPort, bytes: 60_000, state: () => link });
    const { send, attempts } = openSender([broken, other]);
    expect(await send(BIG)).toMatchObject({ outcome: 'unsure' });
    await waitFor(async () => (await mailsOf(mailbox)).length === 1, { what: 'the mail', deadlineMs: 5_000 });
    link = 'up';
    expect(await send(BIG)).toEqual({ outcome: 'sent' });
    expect(attempts).toEqual([
      [broken, 'unsure'],
      [broken, 'sent'],
    ]);
    expect(await mailsOf(mailbox)).toMatchObject([{ copies: 2 }]);
  });

  it('a mail that may have arrived is sent through another server if the first is unreachable: a duplicate is better than a loss', async () => {
    let link: LinkState = 'loses the last reply';
    const mailbox = await bench.startMailbox();
    const failing = await startSmtpProxy(bench, { port: mailbox.smtpPort, bytes: 60_000, state: () => link });
    const { send, attempts } = openSender([failing, mailbox.smtpPort]);
    expect(await send(BIG)).toMatchObject({ outcome: 'unsure' });
    link = 'down';
    expect(await send(BIG)).toEqual({ outcome: 'sent' });
    expect(attempts.map(([, outcome]) => outcome)).toEqual(['unsure', 'unreachable', 'sent']);
    expect(await mailsOf(mailbox)).toHaveLength(1);
  });

  it('a reason never contains the password, even if the server echoes it', async () => {
    const password = readFileSync(bench.secret('passwordFile'), 'utf8').trim();
    const echoing = await bench.startSmtp({
      onAuth: (auth, _session, callback) => {
        const given = String(auth.password);
        const coded = Buffer.from(given).toString('base64');
        callback(Object.assign(new Error(`wrong: ${given} ${coded}`), { responseCode: 535 }));
      },
    });
    const sending = await openSender([echoing]).send(MAIL);
    expect(sending).toMatchObject({
      outcome: 'unreachable',
      reason: expect.stringContaining('wrong: *** ***') as string,
    });
    expect(JSON.stringify(sending)).not.toContain(password);
  });
});
