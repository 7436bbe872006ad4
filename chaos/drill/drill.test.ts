import { type IncomingMessage, type Server, type ServerResponse, createServer } from 'node:http';
import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { makeTopology } from '../../deploy/model/topology.ts';
import { HoldfastError } from '../../kit/errors.ts';
import { type DrillAlert, makeDrillAlert } from './drill-alert.ts';
import { renderDrill } from './render-drill.ts';
import { runDrill } from './run-drill.ts';

const topology = makeTopology();

describe('the alert of a drill', () => {
  it('is the real alert for the given host, with two additional labels and marked texts', () => {
    const alert = makeDrillAlert(topology, { name: 'AppHostLost', host: 'app2', id: 'drill-1' });
    expect(alert.labels).toEqual({
      ...{ alertname: 'AppHostLost', severity: 'warning', owner: 'application', domain: 'app', host: 'app2' },
      ...{ drill: 'true', drill_id: 'drill-1' },
    });
    expect(alert.annotations['summary']).toBe('Drill: Application host app2 is down');
    expect(alert.annotations['description']).toContain('This is a drill');
  });

  it('has the labels and the value of its first test case when no host is given', () => {
    const alert = makeDrillAlert(topology, { name: 'HighErrorRate', host: undefined, id: 'x' });
    expect(alert.labels).toMatchObject({ tier: 'lb' });
    expect(alert.annotations['summary']).toBe('Drill: 10% of requests fail at tier lb');
  });

  it.each([
    ['AppHostLst', undefined, 'Known alerts: AppHostLost,'],
    ['Watchdog', undefined, 'Known alerts:'],
    ['WatchdogSilent', undefined, 'Known alerts:'],
    ['AppHostLost', 'ap2', 'Known hosts: app2,'],
    ['AppHostLost', 'app8', 'Known hosts: app'],
    ['CacheNoPrimary', 'cache1', 'Leave --host out'],
  ])('of %s on %s is a usage error with a fix', (name, host, fix) => {
    expect(() => makeDrillAlert(topology, { name, host, id: 'x' })).toThrow(HoldfastError);
    try {
      makeDrillAlert(topology, { name, host, id: 'x' });
    } catch (error) {
      expect((error as HoldfastError).fix).toContain(fix);
      expect((error as HoldfastError).code).toBe('usage');
    }
  });
});

const postSchema = z.array(z.object({ labels: z.record(z.string(), z.string()), endsAt: z.string() }));
type Behaviour = Partial<{
  /** How mails arrive; default `once`. */
  readonly mails: 'once' | 'again' | 'twice' | 'never' | 'unmarked';
  readonly mailbox: 'reads' | 'fails' | 'fails after the first read';
  readonly silenced: boolean;
}>;

/** Fake Alertmanagers, notifier and mailbox: a posted alert is "mailed" at once. */
interface FakeStack {
  readonly alertmanagers: readonly { readonly host: string; readonly url: string }[];
  readonly mailboxUrl: string;
  readonly deadlineMs: number;
  /** Alertmanagers that accepted the end of the alert. */
  readonly ended: ReadonlySet<string>;
}

let servers: Server[] = [];
beforeEach(() => {
  servers = [];
});
afterEach(async () => {
  for (const server of servers) {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
});

async function listen(answer: (request: IncomingMessage, response: ServerResponse) => Promise<void>): Promise<string> {
  const server = createServer((request, response) => {
    answer(request, response).catch(() => response.writeHead(500).end());
  }).listen(0, '127.0.0.1');
  servers.push(server);
  await new Promise((resolve) => server.once('listening', resolve));
  const address = server.address();
  return `http://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}`;
}

async function startFakeStack({
  mails = 'once',
  mailbox = 'reads',
  silenced = false,
}: Behaviour = {}): Promise<FakeStack> {
  // Short only in the cases that wait for the deadline.
  const deadlineMs = mails === 'never' || mailbox !== 'reads' ? 700 : 15_000;
  const box: { readonly id: string; readonly status: 'firing' | 'resolved'; readonly drill: string }[] = [];
  const ended = new Set<string>();
  let mailboxReads = 0;
  const deliver = (status: 'firing' | 'resolved', drill: string): void => {
    if (mails === 'never' || box.some((mail) => mail.status === status && mails !== 'twice')) return;
    box.push({ id: String(box.length), status, drill });
  };
  const startAlertmanager = (host: string) =>
    listen(async (request, response) => {
      if (request.method === 'POST') {
        const [alert] = postSchema.parse(JSON.parse(await text(request)));
        const isResolved = Date.parse(alert?.endsAt ?? '') <= Date.now();
        if (isResolved) ended.add(host);
        deliver(isResolved ? 'resolved' : 'firing', alert?.labels['drill_id'] ?? '');
        response.end('{}');
      } else if (request.url?.includes('/groups') === true) {
        response.end(JSON.stringify([{ receiver: { name: 'notifier' }, alerts: [{}] }]));
      } else {
        const status = { state: 'suppressed', silencedBy: silenced ? ['s1'] : [], inhibitedBy: [] };
        response.end(JSON.stringify([{ status }]));
      }
    });
  const mailboxUrl = await listen(async (request, response) => {
    mailboxReads += 1;
    if (mailbox === 'fails' || (mailbox === 'fails after the first read' && mailboxReads > 1)) {
      response.writeHead(500).end('broken');
      return;
    }
    const found = box.map(({ id, status, drill }) => ({
      ...{ id, receivedAt: new Date().toISOString(), receivedAtMs: Date.now(), from: 'mon1', to: 'oncall' },
      subject: `${mails === 'unmarked' ? '' : '[DRILL] '}[${status.toUpperCase()}] A`,
      ...{ copies: mails === 'again' ? 2 : 1, messageId: `<${id}>`, alerts: [{ alertname: 'A', status, drill }] },
    }));
    const one = /\/api\/messages\/(\d+)$/.exec(request.url ?? '')?.[1];
    const headers = { 'x-holdfast-written-at': new Date().toISOString() };
    const reply = one === undefined ? found : { ...found[Number(one)], text: '', headers };
    response.end(JSON.stringify(reply));
    await Promise.resolve();
  });
  const hosts = ['mon1', 'mon2'];
  const urls = await Promise.all(hosts.map(startAlertmanager));
  return {
    alertmanagers: hosts.map((host, index) => ({ host, url: urls[index] ?? '' })),
    mailboxUrl,
    ended,
    deadlineMs,
  };
}

const ALERT: DrillAlert = makeDrillAlert(topology, { name: 'AppHostLost', host: 'app1', id: 'drill-7' });

function drill(
  stack: FakeStack,
  signal = new AbortController().signal,
  onStep: (name: string) => void = () => undefined,
) {
  return runDrill({
    ...{ ...stack, alert: ALERT, signal, deadlineMs: stack.deadlineMs },
    onStep: ({ name }) => {
      onStep(name);
    },
  });
}

describe('a drill', () => {
  it('is held when both mails arrive once, and reports the time of each step', async () => {
    const stack = await startFakeStack();
    const reported: string[] = [];
    const result = await drill(stack, undefined, (name) => reported.push(name));
    expect(result).toMatchObject({ verdict: 'held', reasons: [] });
    const names = ['sent', 'grouped', 'mailed', 'arrived', 'ended', 'resolved'];
    expect(result.steps.map(({ name }) => name)).toEqual(names);
    expect(reported.toSorted()).toEqual(names.toSorted());
    expect([...stack.ended].toSorted()).toEqual(['mon1', 'mon2']);
    expect(renderDrill('AppHostLost', result)).toMatch(/^sent +0\.00 s {2}to Alertmanager on mon1 and mon2\n/);
  });

  it('is held, with a reason, when one of two Alertmanagers is down', async () => {
    const stack = await startFakeStack();
    const alertmanagers = [{ host: 'mon1', url: 'http://127.0.0.1:9' }, ...stack.alertmanagers.slice(1)];
    const result = await drill({ ...stack, alertmanagers });
    expect(result.verdict).toBe('held');
    expect(result.reasons[0]).toMatch(/did not take it: mon1/);
  });

  it.each<{
    readonly what: string;
    readonly behaviour: Behaviour;
    readonly verdict: string;
    readonly reason: RegExp;
  }>([
    {
      what: 'no mail arrives',
      behaviour: { mails: 'never' },
      verdict: 'violated',
      reason: /the firing mail did not arrive within 0.7 s/,
    },
    {
      what: 'a silence suppresses the alert',
      behaviour: { mails: 'never', silenced: true },
      verdict: 'violated',
      reason: /silence s1 suppresses it/,
    },
    {
      what: 'each mail is sent twice',
      behaviour: { mails: 'twice' },
      verdict: 'violated',
      reason: /4 mails arrived instead of 2/,
    },
    {
      what: 'a copy of a mail arrives',
      behaviour: { mails: 'again' },
      verdict: 'held',
      reason: /\[FIRING\] A arrived 2 times; the mailbox shows it once/,
    },
    {
      what: 'the subject is not marked as a drill',
      behaviour: { mails: 'unmarked' },
      verdict: 'violated',
      reason: /does not say that it is a drill/,
    },
    {
      what: 'the mailbox cannot be read',
      behaviour: { mailbox: 'fails' },
      verdict: 'unknown',
      reason: /the mailbox cannot be read/,
    },
    {
      what: 'the mailbox fails during the drill',
      behaviour: { mailbox: 'fails after the first read' },
      verdict: 'unknown',
      reason: /the mailbox cannot be read/,
    },
  ])('when $what it is $verdict', async ({ behaviour, verdict, reason }) => {
    const stack = await startFakeStack(behaviour);
    const result = await drill(stack);
    expect(result.verdict).toBe(verdict);
    expect(result.reasons.join('; ')).toMatch(reason);
    // The alert is ended in every case. Without steps, nothing was sent, because the mailbox was unreadable before.
    expect(stack.ended.size).toBe(result.steps.length === 0 ? 0 : 2);
  });

  it('is violated when no Alertmanager accepts the alert', async () => {
    const stack = await startFakeStack();
    const result = await drill({ ...stack, alertmanagers: [{ host: 'mon1', url: 'http://127.0.0.1:9' }] });
    expect(result).toMatchObject({ verdict: 'violated', steps: [] });
  });

  it('ends its alert when it is interrupted', async () => {
    const stack = await startFakeStack({ mails: 'never' });
    const interruption = new AbortController();
    const running = drill(stack, interruption.signal, (name) => {
      if (name === 'grouped') interruption.abort(new HoldfastError('interrupted', 'Interrupted.'));
    });
    await expect(running).rejects.toMatchObject({ code: 'interrupted' });
    expect([...stack.ended].toSorted()).toEqual(['mon1', 'mon2']);
  });
});
