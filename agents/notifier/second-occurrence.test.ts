import { connect } from 'node:net';
import { createServer } from 'node:http';
import { once } from 'node:events';
import { expect, it } from 'vitest';
import { waitFor } from '../../kit/deadline.ts';
import { samplePayload } from './fixtures.ts';
import type { Notifier } from './notifier.ts';
import { startTcp } from './testing-lines.ts';
import { mailsOf, mailsWhen, metric, openTestBench, peerOf, post } from './testing.ts';

const bench = openTestBench();
const ALERT = { name: 'AppHostLost', host: 'app2' } as const;
const LABELS = samplePayload([ALERT]).alerts[0]?.labels;

/** Starts a Prometheus that evaluates its rules on every query, and has the alert since `activeAtMs`. */
async function startPrometheus() {
  const state: { activeAtMs: number | undefined; responses: number } = { activeAtMs: undefined, responses: 0 };
  const iso = (ms: number): string => new Date(ms).toISOString();
  const ruleOf = (name: string, activeAtMs: number | undefined, labels: unknown): object => ({
    ...{ name, health: 'ok', lastEvaluation: iso(Date.now()) },
    alerts: activeAtMs === undefined ? [] : [{ labels, state: 'firing', activeAt: iso(activeAtMs), value: '1' }],
  });
  const dataOf = (url: string): object => {
    if (url.includes('runtimeinfo')) return { startTime: iso(Date.now() - 3_600_000) };
    if (url.includes('query')) return { resultType: 'vector', result: [] };
    state.responses += 1;
    const rules = [ruleOf('Watchdog', 0, { alertname: 'Watchdog' }), ruleOf(ALERT.name, state.activeAtMs, LABELS)];
    return { groups: [{ interval: 2, rules }] };
  };
  const server = createServer((request, response) => {
    request.resume();
    response.end(JSON.stringify({ status: 'success', data: dataOf(request.url ?? '') }));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  bench.defer(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  return { url: `http://127.0.0.1:${port}`, state };
}

/** Starts two notifiers that query each other, and a Prometheus for each. The first can query the second as soon as it runs. */
async function startPair(smtpPort: number) {
  const prometheus = [await startPrometheus(), await startPrometheus()] as const;
  const ends = prometheus.map(({ url }) => url);
  const common = {
    smtp: [smtpPort],
    ends: { prometheus: ends, warmUpMs: 1_000, unmonitoredAfterMs: 60_000, unheardAfterMs: 60_000 },
  };
  const running: { second?: Notifier } = {};
  const proxyPort = await startTcp(bench, (socket) => {
    const upstream = connect(running.second?.port ?? 9, '127.0.0.1');
    upstream.on('error', () => socket.destroy());
    socket.once('close', () => upstream.destroy());
    socket.pipe(upstream).pipe(socket);
  });
  const first = await bench.startNotifier({
    ...{ ...common, host: 'mon1', peers: [{ host: 'mon2', url: `http://127.0.0.1:${proxyPort}` }] },
  });
  const second = await bench.startNotifier({ ...common, host: 'mon2', peers: [peerOf('mon1', first)] });
  running.second = second;
  return { first, second, prometheus };
}

it('the end of the second occurrence is mailed, although the other notifier receives the end of the first one late', async () => {
  const mailbox = await bench.startMailbox();
  const { first, second, prometheus } = await startPair(mailbox.smtpPort);
  const event = (status: 'firing' | 'resolved', startsAtMs: number, endsAtMs = 0) =>
    samplePayload([
      { ...ALERT, status, startsAt: new Date(startsAtMs).toISOString(), endsAt: new Date(endsAtMs).toISOString() },
    ]);
  const startedMs = Date.now() - 600_000;
  const endOfFirst = event('resolved', startedMs, startedMs + 2_000);
  await post(first, event('firing', startedMs));
  await mailsWhen(mailbox, 1);
  await post(first, endOfFirst);
  await mailsWhen(mailbox, 2);

  const againMs = Date.now();
  for (const { state } of prometheus) state.activeAtMs = againMs - 4_000;
  await post(first, event('firing', againMs));
  await mailsWhen(mailbox, 3);
  // Alertmanager decided this before the alert fired again, and sends it because its peer has logged the firing notification.
  const [{ state }] = prometheus;
  const { responses } = state;
  await post(second, endOfFirst);
  await waitFor(() => Promise.resolve(state.responses >= responses + 2), {
    ...{ what: 'two queries for the alert rules', deadlineMs: 15_000, intervalMs: 50 },
  });
  for (const one of prometheus) one.state.activeAtMs = undefined;
  const mails = await mailsWhen(mailbox, 4);
  expect(mails.map(({ status, copies }) => ({ status, copies }))).toEqual(
    ['firing', 'resolved', 'firing', 'resolved'].map((status) => ({ status, copies: 1 })),
  );
  expect(mails[3]?.alerts[0]?.startsAtMs).toBe(againMs - 4_000);

  // The first notifier receives the end of an alert that it mailed; the end was already mailed.
  await post(first, event('resolved', againMs, Date.now()));
  await waitFor(async () => (await metric(first, 'holdfast_notifier_deliveries_total{outcome="duplicate"}')) === 1, {
    ...{ what: 'a deduplicated end', deadlineMs: 15_000, intervalMs: 50 },
  });
  expect(await mailsOf(mailbox)).toHaveLength(4);
}, 60_000);
