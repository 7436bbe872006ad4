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
  it('turn webhooks into mails with machine-readable alerts', async () => {
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

  it('respond at once while the mail server is down, and mail once when it is back', async () => {
    const first = await startMailbox();
    const { smtpPort } = first;
    await first[Symbol.asyncDispose]();
    const notifier = await startNotifier({ host: 'mon1', smtp: [smtpPort] });
    const before = performance.now();
    expect(await post(notifier, LOST)).toBe(200);
    expect(await post(notifier, LOST)).toBe(200);
    expect(performance.now() - before).toBeLessThan(1_000);
    await waitFor(
      async () => (await metric(notifier, 'holdfast_notifier_deliveries_total{outcome="unreachable"}')) > 0,
      {
        what: 'a failed attempt',
        deadlineMs: 10_000,
        intervalMs: 50,
      },
    );
    const mailbox = await startMailbox(smtpPort);
    await mailsWhen(mailbox, 1);
    await waitFor(async () => (await metric(notifier, 'holdfast_notifier_queue_length')) === 0, {
      what: 'an empty queue',
      deadlineMs: 5_000,
    });
    expect(await mailsOf(mailbox)).toHaveLength(1);
  });

  it('mail once after a restart what was accepted before it', async () => {
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

  it('mail an alert once that two notifiers received, and its end once', async () => {
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

  it('mail each start and end when two notifiers take turns', async () => {
    const mailbox = await startMailbox();
    const other = await startNotifier({ host: 'mon1', smtp: [mailbox.smtpPort] });
    const notifier = await startNotifier({ host: 'mon2', smtp: [mailbox.smtpPort], peers: [peerOf('mon1', other)] });
    let mails = 0;
    const postAndWait = async (by: Notifier, payload: Payload): Promise<void> => {
      await post(by, payload);
      mails += 1;
      await mailsWhen(mailbox, mails);
    };
    const payloadNow = (status: 'firing' | 'resolved'): Payload => {
      const now = new Date().toISOString();
      return samplePayload([{ name: 'LoadBalancerLost', host: 'lb1', status, startsAt: now, endsAt: now }]);
    };
    await postAndWait(notifier, LOST);
    // The other notifier has no peers, so it sends a second mail with the same Message-ID, which the mailbox shows once.
    await post(other, LOST);
    await postAndWait(other, payloadNow('resolved'));
    await postAndWait(notifier, payloadNow('firing'));
    await postAndWait(notifier, payloadNow('resolved'));
    await postAndWait(other, payloadNow('firing'));
    await postAndWait(notifier, payloadNow('resolved'));
    expect((await mailsOf(mailbox)).map(({ subject }) => subject)).toEqual([
      '[FIRING] LoadBalancerLost lb1',
      '[RESOLVED] LoadBalancerLost lb1',
      '[FIRING] LoadBalancerLost lb1',
      '[RESOLVED] LoadBalancerLost lb1',
      '[FIRING] LoadBalancerLost lb1',
      '[RESOLVED] LoadBalancerLost lb1',
    ]);
  });

  it('do not mail an end again that an unreachable notifier has mailed', async () => {
    const mailbox = await startMailbox();
    const other = await startNotifier({ host: 'mon1', smtp: [mailbox.smtpPort] });
    await post(other, LOST);
    await mailsWhen(mailbox, 1);
    await post(other, BACK);
    await mailsWhen(mailbox, 2);
    let responses = 0;
    const proxyPort = await startTcp(bench, (socket) => {
      const upstream = connect(other.port, '127.0.0.1');
      upstream.on('data', () => {
        responses += 1;
      });
      upstream.on('error', () => socket.destroy());
      socket.once('close', () => upstream.destroy());
      socket.pipe(upstream).pipe(socket);
    });
    const notifier = await startNotifier({
      ...{ host: 'mon2', smtp: [mailbox.smtpPort], peers: [{ host: 'mon1', url: `http://127.0.0.1:${proxyPort}` }] },
    });
    // The second response implies that the first one was processed.
    await waitFor(() => Promise.resolve(responses >= 2), {
      what: 'two responses of the other notifier',
      deadlineMs: 15_000,
    });
    await other[Symbol.asyncDispose]();
    // Like Alertmanager, which includes the recently resolved alerts of a group.
    const [ended] = BACK.alerts;
    const both = samplePayload([{ name: 'HighErrorRate' }]);
    await post(notifier, { ...both, alerts: [...both.alerts, ended] });
    expect((await mailsWhen(mailbox, 3)).map(({ subject }) => subject)).toEqual([
      '[FIRING] LoadBalancerLost lb1',
      '[RESOLVED] LoadBalancerLost lb1',
      '[FIRING] HighErrorRate',
    ]);
  });

  it('show one mail for an alert that two partitioned notifiers mailed', async () => {
    const mailbox = await startMailbox();
    const hosts = ['mon1', 'mon2'];
    const isolated = await Promise.all(hosts.map((host) => startNotifier({ host, smtp: [mailbox.smtpPort] })));
    await Promise.all(isolated.map((notifier) => post(notifier, LOST)));
    await waitFor(async () => (await mailsOf(mailbox))[0]?.copies === 2, { what: 'both mails', deadlineMs: 15_000 });
    expect(await mailsOf(mailbox)).toHaveLength(1);
  });

  it('move a mail to the dead-letter queue that the mail server refuses permanently', async () => {
    const port = await startSmtp({
      onRcptTo: (_address, _session, callback) => {
        callback(Object.assign(new Error('no such mailbox'), { responseCode: 550 }));
      },
    });
    const notifier = await startNotifier({ host: 'mon1', smtp: [port] });
    await post(notifier, LOST);
    await waitFor(async () => (await metric(notifier, 'holdfast_notifier_dead_letters')) === 1, {
      what: 'a dead letter',
      deadlineMs: 10_000,
    });
    expect(readdirSync(join(bench.folder(), 'mon1', 'queue'))).toEqual([]);
  });

  it('do not count an invalid request as a failed notification', async () => {
    const notifier = await startNotifier({ host: 'mon1', smtp: [9] });
    const request = get({ host: '127.0.0.1', port: notifier.port, path: '//' });
    const [answer] = (await once(request, 'response')) as [IncomingMessage];
    answer.resume();
    expect(answer.statusCode).toBe(500);
    expect(await metric(notifier, 'holdfast_notifier_webhooks_total{result="failed"}')).toBe(0);
  });

  it('refuse an invalid notification, and keep it', async () => {
    const notifier = await startNotifier({ host: 'mon1', smtp: [9] });
    expect(await post(notifier, { hello: 'world' })).toBe(400);
    expect(readdirSync(join(bench.folder(), 'mon1', 'dead'))).toHaveLength(1);
  });
});
