import { writeFileSync } from 'node:fs';
import { type RequestListener, createServer } from 'node:http';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { type Mail, mailSchema } from '../../deploy/tiers/mail/mailbox-api.ts';
import { waitFor } from '../../kit/deadline.ts';
import type { Mailbox } from '../mailbox/mailbox.ts';
import { samplePayload } from './fixtures.ts';
import { mailsOf, mailsWhen, metric, openTestBench, post } from './testing.ts';

const bench = openTestBench();

/** Starts an HTTP server in place of Prometheus; returns its URL. */
async function startPrometheus(listener: RequestListener): Promise<string> {
  const server = createServer(listener).listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  bench.defer(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });
  const address = server.address();
  return `http://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}`;
}

/** Responds to every query with one series of lb1, up and then down. */
const respondWithSeries: RequestListener = (_request, response) => {
  const nowS = Date.now() / 1000;
  const values = Array.from({ length: 30 }, (_, index) => [nowS - 30 + index, index < 20 ? '1' : '0']);
  const data = { resultType: 'matrix', result: [{ metric: { host: 'lb1' }, values }] };
  response.end(JSON.stringify({ status: 'success', data }));
};

function chartConfig(prometheus: readonly string[]) {
  const plotsFile = join(bench.folder(), 'plots.json');
  const plot = { query: 'min by (host) (up)', threshold: { comparison: '<', value: 1 }, unit: '1' };
  writeFileSync(plotsFile, JSON.stringify({ LoadBalancerLost: [plot] }));
  return { prometheus: [...prometheus], plotsFile, leadMs: 60_000, minStepMs: 1_000, deadlineMs: 600 };
}

async function readMail(mailbox: Mailbox, id: string): Promise<Mail> {
  return mailSchema.parse(await (await fetch(`http://127.0.0.1:${mailbox.pagePort}/api/messages/${id}`)).json());
}

async function sourceOf(mailbox: Mailbox, id: string): Promise<string> {
  return (await fetch(`http://127.0.0.1:${mailbox.pagePort}/mail/${id}.eml`)).text();
}

const recent = new Date(Date.now() - 12_000).toISOString();
const LOST = samplePayload([{ name: 'LoadBalancerLost', host: 'lb1', startsAt: recent }]);

describe('the chart of a mail', { timeout: 20_000 }, () => {
  it('is an inline picture, next to the value and the links', async () => {
    const mailbox = await bench.startMailbox();
    const notifier = await bench.startNotifier({
      ...{ host: 'mon1', smtp: [mailbox.smtpPort], chart: chartConfig([await startPrometheus(respondWithSeries)]) },
      links: { runbooks: 'http://127.0.0.1:8025/runbooks', dashboards: 'http://grafana.example' },
    });
    await post(notifier, LOST);
    const [summary] = await mailsWhen(mailbox, 1);
    const { html = '', text } = await readMail(mailbox, summary?.id ?? '');
    const png = Buffer.from(/data:image\/png;base64,([^"]+)/.exec(html)?.[1] ?? '', 'base64');
    expect(png.subarray(0, 8).toString('latin1')).toBe('\x89PNG\r\n\x1a\n');
    for (const part of [
      /Value.*0 at \d\d:\d\d:\d\d \(threshold:/,
      /http:\/\/127\.0\.0\.1:8025\/runbooks\/LoadBalancerLost/,
      /http:\/\/grafana\.example\/d\/holdfast-lb\?/,
    ]) {
      expect(text).toMatch(part);
      expect(html.replaceAll(/<[^>]*?href="([^"]*)"[^>]*>|<[^>]+>/g, ' $1 ').replaceAll('&amp;', '&')).toMatch(part);
    }
    expect(html).not.toContain('Alertmanager</a>');
    expect(await metric(notifier, 'holdfast_notifier_charts_total{result="drawn"}')).toBe(1);
  });

  it('comes from the second Prometheus if the first does not respond', async () => {
    const mailbox = await bench.startMailbox();
    const prometheus = [await startPrometheus(() => undefined), await startPrometheus(respondWithSeries)];
    const notifier = await bench.startNotifier({
      ...{ host: 'mon1', smtp: [mailbox.smtpPort], chart: chartConfig(prometheus) },
    });
    await post(notifier, LOST);
    await mailsWhen(mailbox, 1);
    expect(await metric(notifier, 'holdfast_notifier_charts_total{result="drawn"}')).toBe(1);
  });

  it.each<readonly [string, readonly RequestListener[]]>([
    ['there is no Prometheus', []],
    ['no Prometheus responds', [() => undefined, () => undefined]],
    [
      'the response is incomplete',
      [
        (_request, response) => {
          response.write('{"status":"success",');
        },
      ],
    ],
    ['the response is HTML', [(_request, response) => response.end('<html>hello</html>')]],
    [
      'the query fails',
      [
        (_request, response) => {
          response.writeHead(503).end('overloaded');
        },
      ],
    ],
  ])('is missing without delaying the mail if %s, and the mail contains the reason', async (_what, listeners) => {
    const mailbox = await bench.startMailbox();
    const prometheus = await Promise.all(listeners.map(startPrometheus));
    const notifier = await bench.startNotifier({
      ...{ host: 'mon1', smtp: [mailbox.smtpPort], chart: chartConfig(prometheus) },
    });
    const before = Date.now();
    await post(notifier, LOST);
    const [summary] = await mailsWhen(mailbox, 1);
    // The chart's deadline of 0.6 s, plus the time to send a mail on a busy machine.
    expect((summary?.receivedAtMs ?? Infinity) - before).toBeLessThan(3_000);
    expect((await readMail(mailbox, summary?.id ?? '')).text).toContain('No chart: Prometheus did not answer');
    expect(await metric(notifier, 'holdfast_notifier_charts_total{result="failed"}')).toBe(1);
  });
});

describe('an alert storm', { timeout: 20_000 }, () => {
  it('is combined in one mail that lists every alert, in text, HTML and headers', async () => {
    const mailbox = await bench.startMailbox();
    const notifier = await bench.startNotifier({
      ...{ host: 'mon1', smtp: [mailbox.smtpPort], flood: { groups: 2, withinMs: 1_000 } },
    });
    const names = Array.from({ length: 12 }, (_, index) => `Alert${index}`);
    await Promise.all(
      names.map((name) => post(notifier, { ...samplePayload([{ name, host: 'lb1' }]), groupKey: name })),
    );
    await waitFor(async () => (await metric(notifier, 'holdfast_notifier_queue_length')) === 0, {
      what: 'an empty queue',
      deadlineMs: 10_000,
      intervalMs: 50,
    });
    const mails = await mailsOf(mailbox);
    const all = mails.flatMap(({ alerts }) => alerts.map(({ alertname }) => alertname));
    expect(all.toSorted()).toEqual(names.toSorted());
    const digest = mails.find(({ subject }) => subject.includes('Digest'));
    const { text, html = '' } = await readMail(mailbox, digest?.id ?? '');
    for (const { alertname } of digest?.alerts ?? []) {
      expect(text).toContain(alertname);
      expect(html).toContain(alertname);
    }
    expect(await metric(notifier, 'holdfast_notifier_digests_total')).toBe(1);
    expect(await metric(notifier, 'holdfast_notifier_flood_limit_groups')).toBe(2);
  });
});

describe('a hostile alert', { timeout: 20_000 }, () => {
  it('adds no header and no markup, does not bloat the mail, and exposes no credential', async () => {
    const mailbox = await bench.startMailbox();
    const logged: string[] = [];
    const notifier = await bench.startNotifier({
      ...{ host: 'mon1', smtp: [mailbox.smtpPort], log: (line: string) => logged.push(line) },
      links: { runbooks: 'http://runbooks.example', alertmanager: 'http://am.example' },
    });
    const payload = samplePayload([
      { name: 'x\r\nBcc: evil@example.com\r\n\r\n<script>alert(1)</script>', host: 'lb1' },
    ]);
    const [alert] = payload.alerts;
    if (alert === undefined) throw new Error('no alert');
    const evil = {
      ...alert,
      labels: {
        ...alert.labels,
        ...{ '"><img src=x>': '<b>bold</b>', long: 'y'.repeat(100_000), __proto__x: '1' },
        'line\r\nX-Evil': 'a\r\nX-Evil: 1',
        ...Object.fromEntries(Array.from({ length: 500 }, (_, index) => [`label${index}`, 'z'])),
      },
      annotations: {
        summary: `<img src=http://evil.example/a.png> ${'s'.repeat(1_000_000)}`,
        description: `https://admin:hunter2@db1/ Cookie: session=abcdef\nAuthorization: Bearer s3cr3t\npassword=tops3cret ${'d'.repeat(1_000_000)}`,
        runbook: 'javascript:alert(1)',
      },
    };
    expect(await post(notifier, { ...payload, alerts: [evil] })).toBe(200);
    const [summary] = await mailsWhen(mailbox, 1);
    const { html = '', text, headers } = await readMail(mailbox, summary?.id ?? '');
    const source = await sourceOf(mailbox, summary?.id ?? '');
    expect(Object.keys(headers)).not.toEqual(expect.arrayContaining(['bcc']));
    expect(Object.keys(headers).join()).not.toMatch(/evil/i);
    expect(headers['to']).toBe('oncall@holdfast.example');
    expect(source.length).toBeLessThan(60_000);
    expect(html).not.toMatch(/<script|<img|<b>|href="javascript/i);
    expect(summary?.subject).toMatch(/^\[FIRING\] x {2}Bcc/);
    const everything = [html, text, source, ...logged].join('\n');
    for (const secret of ['hunter2', 'abcdef', 's3cr3t', 'tops3cret']) expect(everything).not.toContain(secret);
    expect(logged.every((line) => !line.includes('\n') && line.length < 1_000)).toBe(true);
  });

  it('of excessive size is refused, and its beginning is kept', async () => {
    const notifier = await bench.startNotifier({ host: 'mon1', smtp: [9] });
    expect(await post(notifier, { junk: 'j'.repeat(20_000_000) })).toBe(413);
    expect(await metric(notifier, 'holdfast_notifier_webhooks_total{result="unreadable"}')).toBe(1);
  });
});
