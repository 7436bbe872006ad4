import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, it } from 'vitest';
import { waitFor } from '../../kit/deadline.ts';
import { mailsOf, mailsWhen, openTestBench } from './testing.ts';
import { decideWatchdog } from './watchdog.ts';
import type { Notifier } from './notifier.ts';

describe('the silence of the always firing alert', () => {
  const late = { lastSeenMs: 0, reportedSinceMs: undefined };
  const reported = { lastSeenMs: 0, reportedSinceMs: 500 };
  it.each([
    { when: 'heard in time', state: { ...late, lastSeenMs: 900 }, peerHeard: false, decision: 'nothing' },
    { when: 'late, and nobody else can tell', state: late, peerHeard: false, decision: 'report' },
    { when: 'late, and another monitor can tell', state: late, peerHeard: true, decision: 'nothing' },
    { when: 'reported already', state: reported, peerHeard: false, decision: 'nothing' },
    { when: 'reported, and another monitor is back', state: reported, peerHeard: true, decision: 'nothing' },
    {
      when: 'reported, and heard again',
      state: { ...reported, lastSeenMs: 950 },
      peerHeard: false,
      decision: 'resolve',
    },
  ])('$when: $decision', ({ state, peerHeard, decision }) => {
    expect(decideWatchdog(state, { nowMs: 1_000, deadlineMs: 200, peerHeard })).toBe(decision);
  });
});

const bench = openTestBench();

/** What Alertmanager posts for the always firing alert. */
async function sayWell(notifier: Notifier): Promise<void> {
  const response = await fetch(`http://127.0.0.1:${notifier.port}/watchdog`, { method: 'POST', body: '{}' });
  expect(response.status).toBe(200);
}

describe('a notifier that hears nothing', { timeout: 30_000 }, () => {
  it('mails it once, and once that it hears again', async () => {
    const mailbox = await bench.startMailbox();
    const notifier = await bench.startNotifier({ host: 'mon1', smtp: [mailbox.smtpPort], watchdogDeadlineMs: 1_000 });
    const [silent] = await mailsWhen(mailbox, 1);
    expect(silent).toMatchObject({ alertname: 'WatchdogSilent', status: 'firing', host: 'mon1' });
    const mails = await waitFor(
      async () => {
        await sayWell(notifier);
        const all = await mailsOf(mailbox);
        return all.length > 1 && all;
      },
      { what: 'a second mail', deadlineMs: 15_000 },
    );
    expect(mails.map(({ alertname, status }) => [alertname, status])).toEqual([
      ['WatchdogSilent', 'firing'],
      ['WatchdogSilent', 'resolved'],
    ]);
  });

  it('leaves it to another one for as long as that hears its own', async () => {
    const mailbox = await bench.startMailbox();
    let [asked, watchdogHeard] = [0, true];
    const peer = createServer((_, response) => {
      asked += 1;
      response.end(JSON.stringify({ watchdogHeard }));
    }).listen(0, '127.0.0.1');
    bench.defer(async () => {
      await once(peer.close(), 'close');
    });
    await once(peer, 'listening');
    const url = `http://127.0.0.1:${(peer.address() as AddressInfo).port}`;
    await bench.startNotifier({
      ...{ host: 'mon1', smtp: [mailbox.smtpPort], watchdogDeadlineMs: 400, peers: [{ host: 'mon2', url }] },
    });
    await waitFor(() => Promise.resolve(asked >= 5), { what: 'the other one to be asked', deadlineMs: 10_000 });
    expect(await mailsOf(mailbox)).toEqual([]);
    watchdogHeard = false;
    expect(await mailsWhen(mailbox, 1)).toMatchObject([{ alertname: 'WatchdogSilent', status: 'firing' }]);
  });
});
