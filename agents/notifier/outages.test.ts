import { text } from 'node:stream/consumers';
import { describe, expect, it } from 'vitest';
import type { SMTPServerOptions } from 'smtp-server';
import { waitFor } from '../../kit/deadline.ts';
import { samplePayload } from './fixtures.ts';
import type { Notifier } from './notifier.ts';
import { type LinkState, startSmtpProxy } from './testing-lines.ts';
import { mailsOf, metric, openTestBench, peerOf, post } from './testing.ts';

const bench = openTestBench();

/** Starts an SMTP server that records the Message-IDs of accepted mails; `delayMs`: delay of its reply, by the number of accepted mails. */
async function startCollector(
  options: SMTPServerOptions = {},
  delayMs: (accepted: number) => number = () => 0,
): Promise<{ readonly port: number; readonly ids: readonly string[] }> {
  const ids: string[] = [];
  const port = await bench.startSmtp({
    onData: (stream, _session, callback) => {
      void text(stream).then((source) => {
        ids.push(/^Message-ID: (.*?)\r$/im.exec(source)?.[1] ?? '');
        setTimeout(callback, delayMs(ids.length));
      });
    },
    ...options,
  });
  return { port, ids };
}

const postAll = (notifier: Notifier, names: readonly string[]) =>
  Promise.all(names.map((name) => post(notifier, { ...samplePayload([{ name, host: 'lb1' }]), groupKey: name })));
const reaches = (notifier: Notifier, series: string, least: number) =>
  waitFor(async () => (await metric(notifier, series)) >= least, {
    ...{ what: `${series} of ${least}`, deadlineMs: 20_000, intervalMs: 50 },
  });
const emptied = (notifier: Notifier) =>
  waitFor(async () => (await metric(notifier, 'holdfast_notifier_queue_length')) === 0, {
    ...{ what: 'an empty queue', deadlineMs: 30_000, intervalMs: 50 },
  });
const sendings = (outcome: string): string => `holdfast_notifier_deliveries_total{outcome="${outcome}"}`;

describe('no mail is lost and no alert is mailed twice', { timeout: 60_000 }, () => {
  it('when the server is down during an alert storm, and its reply to the digest is lost while more alerts arrive', async () => {
    let link: LinkState = 'down';
    const mailbox = await bench.startMailbox();
    const port = await startSmtpProxy(bench, { port: mailbox.smtpPort, bytes: 6_000, state: () => link });
    const notifier = await bench.startNotifier({
      ...{ host: 'mon1', smtp: [port], flood: { groups: 2, withinMs: 1_000 } },
    });
    const early = Array.from({ length: 12 }, (_, index) => `Early${index}`);
    const late = ['Late0', 'Late1', 'Late2'];
    await postAll(notifier, early);
    await reaches(notifier, sendings('unreachable'), 1);
    link = 'loses the last reply';
    await reaches(notifier, sendings('unsure'), 1);
    await postAll(notifier, late);
    link = 'up';
    await emptied(notifier);
    const mails = await mailsOf(mailbox);
    const mailed = mails.flatMap(({ alerts }) => alerts.map(({ alertname }) => alertname));
    expect(mailed.toSorted()).toEqual([...early, ...late].toSorted());
    expect(mails[0]).toMatchObject({ copies: 2 });
    expect(mails[0]?.alerts).toHaveLength(early.length);
    expect(mails.slice(1).map(({ copies }) => copies)).not.toContain(2);
  });

  it('when the server first refuses each recipient and accepts them later', async () => {
    let refusals = 0;
    const { port, ids } = await startCollector({
      onRcptTo: (_address, _session, callback) => {
        refusals += 1;
        callback(refusals > 4 ? null : Object.assign(new Error('come back later'), { responseCode: 451 }));
      },
    });
    const notifier = await bench.startNotifier({ host: 'mon1', smtp: [port] });
    await postAll(notifier, ['A', 'B', 'C', 'D']);
    await emptied(notifier);
    expect(ids).toHaveLength(4);
    expect(new Set(ids).size).toBe(4);
    expect(await metric(notifier, sendings('deferred'))).toBe(4);
    expect(await metric(notifier, 'holdfast_notifier_dead_letters')).toBe(0);
  });

  it('when the first of two servers crashes between two mails', async () => {
    let link: LinkState = 'up';
    const [first, second] = [await startCollector(), await startCollector()];
    const port = await startSmtpProxy(bench, { port: first.port, bytes: 0, state: () => link });
    const notifier = await bench.startNotifier({ host: 'mon1', smtp: [port, second.port] });
    await postAll(notifier, ['A', 'B']);
    await emptied(notifier);
    link = 'down';
    await postAll(notifier, ['C', 'D', 'E']);
    await emptied(notifier);
    expect([first.ids.length, second.ids.length]).toEqual([2, 3]);
    expect(new Set([...first.ids, ...second.ids]).size).toBe(5);
    expect(await metric(notifier, sendings('sent'))).toBe(5);
  });

  it('when the server accepts a mail after the timeout: the same server gets the same mail again', async () => {
    const slow = await startCollector({}, (accepted) => (accepted === 1 ? 6_000 : 0));
    const other = await startCollector();
    const notifier = await bench.startNotifier({ host: 'mon1', smtp: [slow.port, other.port] });
    await postAll(notifier, ['A']);
    await reaches(notifier, sendings('unsure'), 1);
    await emptied(notifier);
    expect(slow.ids).toHaveLength(2);
    expect(new Set(slow.ids).size).toBe(1);
    expect(other.ids).toEqual([]);
  });

  it('when the first notifier by name receives an alert that the second one is sending', async () => {
    const { port, ids } = await startCollector({}, () => 1_000);
    const second = await bench.startNotifier({ host: 'mon2', smtp: [port] });
    const first = await bench.startNotifier({ host: 'mon1', smtp: [port], peers: [peerOf('mon2', second)] });
    await postAll(second, ['A']);
    await waitFor(() => Promise.resolve(ids.length === 1), {
      ...{ what: 'a mail in flight', deadlineMs: 10_000, intervalMs: 20 },
    });
    await postAll(first, ['A']);
    await emptied(first);
    expect(await metric(first, sendings('duplicate'))).toBe(1);
    expect(ids).toHaveLength(1);
  });
});
