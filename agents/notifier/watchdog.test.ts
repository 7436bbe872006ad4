import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { waitFor } from '../../kit/deadline.ts';
import { mailsOf, mailsWhen, openTestBench } from './testing.ts';
import { NOTIFIER_ALERTS } from '../../alerts/names.ts';
import { decideWatchdog, OWN_ALERTS } from './watchdog.ts';
import type { Notification } from './notification.ts';
import type { Notifier } from './notifier.ts';
import { isFrom } from './server.ts';
import { openWatchdogTimer } from './watchdog-timer.ts';

describe('a missing watchdog alert', () => {
  const overdue = { isMissing: true, isReported: false, peerReceives: false };
  it.each([
    { when: 'received in time', state: { ...overdue, isMissing: false }, decision: 'nothing' },
    { when: 'overdue, also on every other monitor', state: overdue, decision: 'report' },
    {
      when: 'overdue, and another monitor receives its own',
      state: { ...overdue, peerReceives: true },
      decision: 'nothing',
    },
    { when: 'already reported', state: { ...overdue, isReported: true }, decision: 'nothing' },
    {
      when: 'reported, and another monitor receives its own again',
      state: { ...overdue, isReported: true, peerReceives: true },
      decision: 'nothing',
    },
    {
      when: 'reported, and received again',
      state: { ...overdue, isMissing: false, isReported: true },
      decision: 'resolve',
    },
  ])('$when: $decision', ({ state, decision }) => {
    expect(decideWatchdog(state)).toBe(decision);
  });
});

describe('no missing heartbeat is reported', () => {
  beforeEach(() => {
    vi.useFakeTimers();
  });
  afterEach(() => {
    vi.useRealTimers();
  });
  /** A timer that checks every second, and the notifications that it puts. */
  const open = (clocks: { readonly now: () => number; readonly elapsed: () => number }) => {
    const notifications: Notification[] = [];
    const timer = openWatchdogTimer({
      missingHeartbeat: { read: () => undefined, write: () => undefined },
      ...{ ...clocks, host: 'mon1', peers: [], heartbeatTargets: [], log: () => undefined },
      watchdog: { alert: 'WatchdogSilent', heartbeatSources: [], deadlineMs: 4_000 },
      put: (notification) => notifications.push(notification),
    });
    return { timer, notifications };
  };

  it('because the clock was set forward or back', async () => {
    let stepMs = 0;
    const { timer, notifications } = open({ now: () => Date.now() + stepMs, elapsed: () => Date.now() });
    using _ = timer;
    for (stepMs of [3_600_000, -7_200_000]) {
      await vi.advanceTimersByTimeAsync(2_000);
      expect(timer.isReceived()).toBe(true);
      timer.onReceived();
    }
    expect(notifications).toEqual([]);
    await vi.advanceTimersByTimeAsync(6_000);
    expect(notifications.map(({ alerts }) => alerts[0]?.status)).toEqual(['firing']);
  });

  it('because the notifier itself was paused', async () => {
    let pausedMs = 0;
    const { timer, notifications } = open({ now: Date.now, elapsed: () => Date.now() + pausedMs });
    using _ = timer;
    await vi.advanceTimersByTimeAsync(2_500);
    pausedMs = 60_000;
    await vi.advanceTimersByTimeAsync(4_000);
    expect(notifications).toEqual([]);
    await vi.advanceTimersByTimeAsync(3_000);
    expect(notifications).toHaveLength(1);
    // A pause does not resolve an alert that was already mailed.
    pausedMs = 120_000;
    await vi.advanceTimersByTimeAsync(10_000);
    expect(notifications).toHaveLength(1);
  });
});

const bench = openTestBench();

/** Posts the watchdog alert, like Alertmanager. */
async function sendWatchdog(notifier: Notifier): Promise<void> {
  const response = await fetch(`http://127.0.0.1:${notifier.port}/watchdog`, { method: 'POST', body: '{}' });
  expect(response.status).toBe(200);
}

describe('a notifier that receives no watchdog alert', { timeout: 30_000 }, () => {
  it('mails that once, and its end once', async () => {
    const mailbox = await bench.startMailbox();
    const notifier = await bench.startNotifier({
      host: 'mon1',
      smtp: [mailbox.smtpPort],
      watchdog: { deadlineMs: 1_000 },
    });
    const [missing] = await mailsWhen(mailbox, 1);
    expect(missing).toMatchObject({ alertname: 'WatchdogSilent', status: 'firing', host: 'mon1' });
    const mails = await waitFor(
      async () => {
        await sendWatchdog(notifier);
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

  it('mails nothing as long as a peer receives its own', async () => {
    const mailbox = await bench.startMailbox();
    let [requests, watchdogHeard] = [0, true];
    const peer = createServer((_, response) => {
      requests += 1;
      response.end(JSON.stringify({ watchdogHeard }));
    }).listen(0, '127.0.0.1');
    bench.defer(async () => {
      await once(peer.close(), 'close');
    });
    await once(peer, 'listening');
    const url = `http://127.0.0.1:${(peer.address() as AddressInfo).port}`;
    await bench.startNotifier({
      ...{ host: 'mon1', smtp: [mailbox.smtpPort], watchdog: { deadlineMs: 400 }, peers: [{ host: 'mon2', url }] },
    });
    await waitFor(() => Promise.resolve(requests >= 5), { what: 'five requests to the peer', deadlineMs: 10_000 });
    expect(await mailsOf(mailbox)).toEqual([]);
    watchdogHeard = false;
    expect(await mailsWhen(mailbox, 1)).toMatchObject([{ alertname: 'WatchdogSilent', status: 'firing' }]);
  });
});

describe("the dead man's switch", { timeout: 30_000 }, () => {
  it('mails when all heartbeats are missing, and when one arrives again, even if it was restarted in between', async () => {
    const mailbox = await bench.startMailbox();
    const startDeadman = () =>
      bench.startNotifier({
        ...{ host: 'mail1', smtp: [mailbox.smtpPort] },
        watchdog: { alert: 'MonitorsSilent', heartbeatSources: [], deadlineMs: 1_500 },
      });
    const startMonitor = (deadman: Notifier) =>
      bench.startNotifier({
        ...{ host: 'mon1', smtp: [mailbox.smtpPort], watchdog: { deadlineMs: 1_000 } },
        heartbeatTargets: [`http://127.0.0.1:${deadman.port}`],
      });
    const deadman = await startDeadman();
    const monitor = await startMonitor(deadman);
    // The monitor receives no watchdog alert and mails that itself. It still sends heartbeats.
    await mailsWhen(mailbox, 1);
    await monitor[Symbol.asyncDispose]();
    const [, missing] = await mailsWhen(mailbox, 2);
    expect(missing).toMatchObject({ alertname: 'MonitorsSilent', status: 'firing', host: 'mail1' });
    await deadman[Symbol.asyncDispose]();
    const again = await startDeadman();
    await startMonitor(again);
    const mails = await waitFor(
      async () => {
        const own = (await mailsOf(mailbox)).filter(({ alertname }) => alertname === 'MonitorsSilent');
        return own.length > 1 && own;
      },
      { what: "a second mail of the dead man's switch", deadlineMs: 15_000 },
    );
    expect(mails.map(({ status }) => status)).toEqual(['firing', 'resolved']);
    expect(mails[1]?.alerts[0]?.key).toBe(mails[0]?.alerts[0]?.key);
  });

  it.each([
    { address: '127.0.0.1', isAccepted: true },
    { address: '::1', isAccepted: true },
    { address: '::ffff:127.0.0.1', isAccepted: true },
    { address: '::ffff:198.18.3.71', isAccepted: true },
    { address: '198.18.3.7', isAccepted: false },
    { address: '::ffff:198.18.3.31', isAccepted: false },
    { address: undefined, isAccepted: false },
  ])('accepts heartbeats only from configured addresses and loopback: $address', ({ address, isAccepted }) => {
    expect(isFrom(address, ['198.18.3.71', '198.18.3.72'])).toBe(isAccepted);
  });

  it('and every notifier mail only alerts that alerts/ knows by name', () => {
    expect(OWN_ALERTS).toEqual(NOTIFIER_ALERTS);
  });
});
