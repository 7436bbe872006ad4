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

describe('the silence of the always firing alert', () => {
  const silent = { silent: true, reported: false, peerHeard: false };
  it.each([
    { when: 'heard in time', facts: { ...silent, silent: false }, decision: 'nothing' },
    { when: 'late, and nobody else can tell', facts: silent, decision: 'report' },
    { when: 'late, and another monitor can tell', facts: { ...silent, peerHeard: true }, decision: 'nothing' },
    { when: 'reported already', facts: { ...silent, reported: true }, decision: 'nothing' },
    {
      when: 'reported, and another monitor is back',
      facts: { ...silent, reported: true, peerHeard: true },
      decision: 'nothing',
    },
    { when: 'reported, and heard again', facts: { ...silent, silent: false, reported: true }, decision: 'resolve' },
  ])('$when: $decision', ({ facts, decision }) => {
    expect(decideWatchdog(facts)).toBe(decision);
  });
});

describe('what is no silence', () => {
  beforeEach(() => {
    vi.useFakeTimers();
  });
  afterEach(() => {
    vi.useRealTimers();
  });
  /** Looks every second, and what it tells. */
  const open = (clocks: { readonly now: () => number; readonly elapsed: () => number }) => {
    const told: Notification[] = [];
    const timer = openWatchdogTimer({
      told: { read: () => undefined, write: () => undefined },
      ...{ ...clocks, host: 'mon1', peers: [], signsOfLifeTo: [], log: () => undefined },
      watchdog: { alert: 'WatchdogSilent', heardFrom: [], deadlineMs: 4_000 },
      put: (notification) => told.push(notification),
    });
    return { timer, told };
  };

  it('is a clock that is set, whatever it is set to', async () => {
    let stepMs = 0;
    const { timer, told } = open({ now: () => Date.now() + stepMs, elapsed: () => Date.now() });
    using _ = timer;
    for (stepMs of [3_600_000, -7_200_000]) {
      await vi.advanceTimersByTimeAsync(2_000);
      expect(timer.isHeard()).toBe(true);
      timer.heard();
    }
    expect(told).toEqual([]);
    await vi.advanceTimersByTimeAsync(6_000);
    expect(told.map(({ alerts }) => alerts[0]?.status)).toEqual(['firing']);
  });

  it('is that it was held up itself', async () => {
    let heldUpMs = 0;
    const { timer, told } = open({ now: Date.now, elapsed: () => Date.now() + heldUpMs });
    using _ = timer;
    await vi.advanceTimersByTimeAsync(2_500);
    heldUpMs = 60_000;
    await vi.advanceTimersByTimeAsync(4_000);
    expect(told).toEqual([]);
    await vi.advanceTimersByTimeAsync(3_000);
    expect(told).toHaveLength(1);
    // Nor does it hear anything by that once the silence is told.
    heldUpMs = 120_000;
    await vi.advanceTimersByTimeAsync(10_000);
    expect(told).toHaveLength(1);
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
    const notifier = await bench.startNotifier({
      host: 'mon1',
      smtp: [mailbox.smtpPort],
      watchdog: { deadlineMs: 1_000 },
    });
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
      ...{ host: 'mon1', smtp: [mailbox.smtpPort], watchdog: { deadlineMs: 400 }, peers: [{ host: 'mon2', url }] },
    });
    await waitFor(() => Promise.resolve(asked >= 5), { what: 'the other one to be asked', deadlineMs: 10_000 });
    expect(await mailsOf(mailbox)).toEqual([]);
    watchdogHeard = false;
    expect(await mailsWhen(mailbox, 1)).toMatchObject([{ alertname: 'WatchdogSilent', status: 'firing' }]);
  });
});

describe("the dead man's switch", { timeout: 30_000 }, () => {
  it('mails when no notifier shows that it lives, and when one does again, though it was started anew itself', async () => {
    const mailbox = await bench.startMailbox();
    const startSwitch = () =>
      bench.startNotifier({
        ...{ host: 'mail1', smtp: [mailbox.smtpPort] },
        watchdog: { alert: 'MonitorsSilent', heardFrom: [], deadlineMs: 1_500 },
      });
    const startWatched = (deadman: Notifier) =>
      bench.startNotifier({
        ...{ host: 'mon1', smtp: [mailbox.smtpPort], watchdog: { deadlineMs: 1_000 } },
        signsOfLifeTo: [`http://127.0.0.1:${deadman.port}`],
      });
    const deadman = await startSwitch();
    const watched = await startWatched(deadman);
    // It hears nothing itself, and says so: as long as it lives that is its to tell.
    await mailsWhen(mailbox, 1);
    await watched[Symbol.asyncDispose]();
    const [, silent] = await mailsWhen(mailbox, 2);
    expect(silent).toMatchObject({ alertname: 'MonitorsSilent', status: 'firing', host: 'mail1' });
    await deadman[Symbol.asyncDispose]();
    const again = await startSwitch();
    await startWatched(again);
    const mails = await waitFor(
      async () => {
        const own = (await mailsOf(mailbox)).filter(({ alertname }) => alertname === 'MonitorsSilent');
        return own.length > 1 && own;
      },
      { what: 'a second mail of the switch', deadlineMs: 15_000 },
    );
    expect(mails.map(({ status }) => status)).toEqual(['firing', 'resolved']);
    expect(mails[1]?.alerts[0]?.key).toBe(mails[0]?.alerts[0]?.key);
  });

  it.each([
    { address: '127.0.0.1', isHeard: true },
    { address: '::1', isHeard: true },
    { address: '::ffff:127.0.0.1', isHeard: true },
    { address: '::ffff:198.18.3.71', isHeard: true },
    { address: '198.18.3.7', isHeard: false },
    { address: '::ffff:198.18.3.31', isHeard: false },
    { address: undefined, isHeard: false },
  ])('hears none but those whose silence it tells of, and this host: $address', ({ address, isHeard }) => {
    expect(isFrom(address, ['198.18.3.71', '198.18.3.72'])).toBe(isHeard);
  });

  it('and every notifier tell only what the alerts know by name', () => {
    expect(OWN_ALERTS).toEqual(NOTIFIER_ALERTS);
  });
});
