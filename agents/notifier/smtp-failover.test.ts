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
import { type Line, startLine, startTcp } from './testing-lines.ts';
import { mailsOf, openTestBench } from './testing.ts';

const bench = openTestBench();
/** Secrets of another authority, which nobody here trusts. */
const strangers = mkdtempSync(join(tmpdir(), 'holdfast-strangers-'));
beforeAll(async () => {
  await makeSecrets(makeTopology(), strangers);
});
afterAll(() => {
  rmSync(strangers, { recursive: true });
});

const MAIL: MailText = {
  ...{ subject: 'a', text: 'b', html: '<p>c</p>', messageId: '<1@x>', references: '<thread@x>', headers: {} },
  pictures: [],
};
/** Big enough to be seen on its way. */
const BIG: MailText = { ...MAIL, pictures: [{ cid: 'p@x', png: Buffer.alloc(60_000, 7) }] };

interface Sender {
  readonly send: SendMail;
  /** Port and outcome of each try, in order. */
  readonly attempts: readonly (readonly [port: number, outcome: Attempt['outcome']])[];
  /** Lets time pass. */
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

/** First servers that do not take the mail, and how a try there ends. */
const TROUBLES: readonly (readonly [string, Attempt['outcome'], () => Promise<number>])[] = [
  ['is down', 'unreachable', () => Promise.resolve(9)],
  ['says nothing', 'unreachable', () => startTcp(bench, () => undefined)],
  [
    'says a letter now and then',
    'unreachable',
    () =>
      startTcp(bench, (socket) => {
        const timer = setInterval(() => socket.write('2'), 100);
        socket.once('close', () => {
          clearInterval(timer);
        });
      }),
  ],
  ['hangs up', 'unreachable', () => startTcp(bench, (socket) => socket.destroy())],
  ['refuses the mail for now', 'deferred', () => refusing(451)],
  ['refuses the mail for good', 'refused', () => refusing(550)],
  ['is closing down', 'unreachable', () => refusing(421)],
  [
    'has no STARTTLS',
    'unreachable',
    () => bench.startSmtp({ disabledCommands: ['STARTTLS'], allowInsecureAuth: true }),
  ],
  [
    'has a certificate of somebody else',
    'unreachable',
    () =>
      bench.startSmtp({
        cert: readFileSync(join(strangers, 'mail-cert'), 'utf8'),
        key: readFileSync(join(strangers, 'mail-key'), 'utf8'),
      }),
  ],
  [
    'does not know the password',
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
  it.each(TROUBLES)('the second one takes the mail once when the first one %s', async (_what, outcome, start) => {
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

  it('a name that the certificate does not carry is no server of ours', async () => {
    const mailbox = await bench.startMailbox();
    expect(await openSender([mailbox.smtpPort], 'mail9').send(MAIL)).toMatchObject({ outcome: 'unreachable' });
    expect(await mailsOf(mailbox)).toEqual([]);
  });

  it('one that did not answer is asked last for a while, and then first again', async () => {
    const silent = await startTcp(bench, () => undefined);
    const mailbox = await bench.startMailbox();
    const { send, attempts, pass } = openSender([silent, mailbox.smtpPort]);
    await send({ ...MAIL, messageId: '<1@x>' });
    await send({ ...MAIL, messageId: '<2@x>' });
    pass(60_000);
    await send({ ...MAIL, messageId: '<3@x>' });
    expect(attempts.map(([port]) => port)).toEqual([
      ...[silent, mailbox.smtpPort],
      mailbox.smtpPort,
      ...[silent, mailbox.smtpPort],
    ]);
  });

  it.each([
    ['all are away', [9, 9], 'unreachable'],
    ['one is away and one refuses for good: the other may take it', [9, 550], 'deferred'],
    ['all refuse for good', [550, 554], 'refused'],
    ['one refuses for now', [451, 550], 'deferred'],
  ])('%s', async (_what, codes, outcome) => {
    const ports = await Promise.all(codes.map((code) => (code === 9 ? Promise.resolve(9) : refusing(code))));
    expect(await openSender(ports).send(MAIL)).toMatchObject({ outcome });
  });

  it('what may have arrived is asked of the same server again, and lies in the mailbox once', async () => {
    const mailbox = await bench.startMailbox();
    const other = await bench.startSmtp();
    let line: Line = 'loses the last answer';
    const broken = await startLine(bench, { port: mailbox.smtpPort, bytes: 60_000, state: () => line });
    const { send, attempts } = openSender([broken, other]);
    expect(await send(BIG)).toMatchObject({ outcome: 'unsure' });
    await waitFor(async () => (await mailsOf(mailbox)).length === 1, { what: 'the mail', deadlineMs: 5_000 });
    line = 'good';
    expect(await send(BIG)).toEqual({ outcome: 'sent' });
    expect(attempts).toEqual([
      [broken, 'unsure'],
      [broken, 'sent'],
    ]);
    expect(await mailsOf(mailbox)).toMatchObject([{ copies: 2 }]);
  });

  it('what may have arrived goes by another server when that one cannot be asked any more: better twice than never', async () => {
    let line: Line = 'loses the last answer';
    const mailbox = await bench.startMailbox();
    const dying = await startLine(bench, { port: mailbox.smtpPort, bytes: 60_000, state: () => line });
    const { send, attempts } = openSender([dying, mailbox.smtpPort]);
    expect(await send(BIG)).toMatchObject({ outcome: 'unsure' });
    line = 'dead';
    expect(await send(BIG)).toEqual({ outcome: 'sent' });
    expect(attempts.map(([, outcome]) => outcome)).toEqual(['unsure', 'unreachable', 'sent']);
    expect(await mailsOf(mailbox)).toHaveLength(1);
  });

  it('no reason tells the password, whatever the server repeats', async () => {
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
