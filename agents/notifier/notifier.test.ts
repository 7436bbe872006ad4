import { once } from 'node:events';
import { readdirSync } from 'node:fs';
import { get, type IncomingMessage } from 'node:http';
import { connect } from 'node:net';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { waitFor } from '../../kit/deadline.ts';
import { samplePayload } from './fixtures.ts';
import type { Notifier } from './notifier.ts';
import type { Payload } from './payload.ts';
import { startTcp } from './testing-lines.ts';
import { mailsOf, mailsWhen, metric, openTestBench, peerOf, post } from './testing.ts';

const bench = openTestBench();
const { startMailbox, startNotifier, startSmtp } = bench;

const LOST = samplePayload([{ name: 'LoadBalancerLost', host: 'lb1' }]);
const BACK = samplePayload([{ name: 'LoadBalancerLost', host: 'lb1', status: 'resolved' }]);

describe('notifier and mailbox together', { timeout: 30_000 }, () => {
  it('turn webhooks into mails that say machine-readably what they are about, in one thread', async () => {
    const mailbox = await startMailbox();
    const notifier = await startNotifier({ host: 'mon1', smtp: [mailbox.smtpPort] });
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
          key: 'LoadBalancerLost-lb1',
        },
      ],
    });
  });

  it('answer at once while the mail server is down, and mail once when it is back', async () => {
    const first = await startMailbox();
    const { smtpPort } = first;
    await first[Symbol.asyncDispose]();
    const notifier = await startNotifier({ host: 'mon1', smtp: [smtpPort] });
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
    const killed = await startNotifier({ host: 'mon1', smtp: [smtpPort] });
    await post(killed, LOST);
    await killed[Symbol.asyncDispose]();
    const mailbox = await startMailbox(smtpPort);
    const notifier = await startNotifier({ host: 'mon1', smtp: [smtpPort] });
    await mailsWhen(mailbox, 1);
    await post(notifier, LOST);
    await post(notifier, BACK);
    expect((await mailsWhen(mailbox, 2)).map(({ status }) => status)).toEqual(['firing', 'resolved']);
  });

  it('mail news once that two notifiers got, and the end of it once', async () => {
    const mailbox = await startMailbox();
    const first = await startNotifier({ host: 'mon1', smtp: [mailbox.smtpPort] });
    const second = await startNotifier({ host: 'mon2', smtp: [mailbox.smtpPort], peers: [peerOf('mon1', first)] });
    await Promise.all([post(first, LOST), post(second, LOST)]);
    await mailsWhen(mailbox, 1);
    await waitFor(async () => (await metric(second, 'holdfast_notifier_queue_length')) === 0, {
      what: 'an empty queue',
      deadlineMs: 15_000,
    });
    await post(second, BACK);
    expect((await mailsWhen(mailbox, 2)).map(({ status }) => status)).toEqual(['firing', 'resolved']);
  });

  it('mail what begins or ends after the other notifier told what was in between', async () => {
    const mailbox = await startMailbox();
    const other = await startNotifier({ host: 'mon1', smtp: [mailbox.smtpPort] });
    const notifier = await startNotifier({ host: 'mon2', smtp: [mailbox.smtpPort], peers: [peerOf('mon1', other)] });
    let mails = 0;
    const told = async (by: Notifier, payload: Payload): Promise<void> => {
      await post(by, payload);
      mails += 1;
      await mailsWhen(mailbox, mails);
    };
    const since = (status: 'firing' | 'resolved'): Payload => {
      const now = new Date().toISOString();
      return samplePayload([{ name: 'LoadBalancerLost', host: 'lb1', status, startsAt: now, endsAt: now }]);
    };
    await told(notifier, LOST);
    // The other one asks nobody; a person sees this once.
    await post(other, LOST);
    await told(other, since('resolved'));
    await told(notifier, since('firing'));
    await told(notifier, since('resolved'));
    await told(other, since('firing'));
    await told(notifier, since('resolved'));
    expect((await mailsOf(mailbox)).map(({ subject }) => subject)).toEqual([
      '[FIRING] LoadBalancerLost lb1',
      '[RESOLVED] LoadBalancerLost lb1',
      '[FIRING] LoadBalancerLost lb1',
      '[RESOLVED] LoadBalancerLost lb1',
      '[FIRING] LoadBalancerLost lb1',
      '[RESOLVED] LoadBalancerLost lb1',
    ]);
  });

  it('know what the other notifier told, and never they, when it is lost', async () => {
    const mailbox = await startMailbox();
    const other = await startNotifier({ host: 'mon1', smtp: [mailbox.smtpPort] });
    await post(other, LOST);
    await mailsWhen(mailbox, 1);
    await post(other, BACK);
    await mailsWhen(mailbox, 2);
    let answers = 0;
    const line = await startTcp(bench, (socket) => {
      const upstream = connect(other.port, '127.0.0.1');
      upstream.on('data', () => {
        answers += 1;
      });
      upstream.on('error', () => socket.destroy());
      socket.once('close', () => upstream.destroy());
      socket.pipe(upstream).pipe(socket);
    });
    const notifier = await startNotifier({
      ...{ host: 'mon2', smtp: [mailbox.smtpPort], peers: [{ host: 'mon1', url: `http://127.0.0.1:${line}` }] },
    });
    // When the second one comes, the first one has been read.
    await waitFor(() => Promise.resolve(answers >= 2), { what: 'two answers of the other one', deadlineMs: 15_000 });
    await other[Symbol.asyncDispose]();
    // As Alertmanager sends a group: with what ended in it lately.
    const [ended] = BACK.alerts;
    const both = samplePayload([{ name: 'HighErrorRate' }]);
    await post(notifier, { ...both, alerts: [...both.alerts, ended] });
    expect((await mailsWhen(mailbox, 3)).map(({ subject }) => subject)).toEqual([
      '[FIRING] LoadBalancerLost lb1',
      '[RESOLVED] LoadBalancerLost lb1',
      '[FIRING] HighErrorRate',
    ]);
  });

  it('show a person once what two notifiers told that could not ask each other', async () => {
    const mailbox = await startMailbox();
    const hosts = ['mon1', 'mon2'];
    const alone = await Promise.all(hosts.map((host) => startNotifier({ host, smtp: [mailbox.smtpPort] })));
    await Promise.all(alone.map((notifier) => post(notifier, LOST)));
    await waitFor(async () => (await mailsOf(mailbox))[0]?.copies === 2, { what: 'both mails', deadlineMs: 15_000 });
    expect(await mailsOf(mailbox)).toHaveLength(1);
  });

  it('put aside what the mail server refuses for good', async () => {
    const port = await startSmtp({
      onRcptTo: (_address, _session, callback) => {
        callback(Object.assign(new Error('no such mailbox'), { responseCode: 550 }));
      },
    });
    const notifier = await startNotifier({ host: 'mon1', smtp: [port] });
    await post(notifier, LOST);
    await waitFor(async () => (await metric(notifier, 'holdfast_notifier_dead_mails')) === 1, {
      what: 'a dead mail',
      deadlineMs: 10_000,
    });
    expect(readdirSync(join(bench.folder(), 'mon1', 'queue'))).toEqual([]);
  });

  it('do not count a request that nobody can read among the notifications that failed', async () => {
    const notifier = await startNotifier({ host: 'mon1', smtp: [9] });
    const asked = get({ host: '127.0.0.1', port: notifier.port, path: '//' });
    const [answer] = (await once(asked, 'response')) as [IncomingMessage];
    answer.resume();
    expect(answer.statusCode).toBe(500);
    expect(await metric(notifier, 'holdfast_notifier_webhooks_total{result="failed"}')).toBe(0);
  });

  it('refuse what is no notification, and keep it', async () => {
    const notifier = await startNotifier({ host: 'mon1', smtp: [9] });
    expect(await post(notifier, { hello: 'world' })).toBe(400);
    expect(readdirSync(join(bench.folder(), 'mon1', 'dead'))).toHaveLength(1);
  });
});
