import { execa } from 'execa';
import { beforeAll, expect, it } from 'vitest';
import { z } from 'zod';
import { waitFor } from '../../kit/deadline.ts';
import { buildImages } from '../images.ts';
import { addressOn, hostsOf, makeTopology, PORTS, routeAddress } from '../topology.ts';

const topology = makeTopology();
const front = routeAddress(topology, 'http');
const shop = `http://${front.host}:${front.port}`;

beforeAll(async () => {
  await buildImages({ only: ['browser'], signal: new AbortController().signal, onProgress: () => undefined });
});

/** The sum of a series, named with its labels, over all application hosts. */
async function countOf(series: string): Promise<number> {
  const values = await Promise.all(
    hostsOf(topology, 'app').map(async (host) => {
      const url = `http://${addressOn(host, 'ops')}:${PORTS.appMetrics}/metrics`;
      const text = await (await fetch(url, { signal: AbortSignal.timeout(5_000) })).text();
      return Number(
        text
          .split('\n')
          .find((line) => line.startsWith(`${series} `))
          ?.split(' ')[1] ?? 0,
      );
    }),
  );
  return values.reduce((sum, value) => sum + value, 0);
}

async function sendBeacon(body: string): Promise<number> {
  const signal = AbortSignal.timeout(10_000);
  const response = await fetch(`${shop}/api/beacons`, { method: 'POST', body, signal });
  await response.arrayBuffer();
  return response.status;
}

const VIEW = JSON.stringify({ route: '/login', events: [{ kind: 'view' }] });

/** A browser with one empty page, to which commands of the Chrome DevTools Protocol are given. */
interface Browser extends AsyncDisposable {
  readonly run: (method: string, params: object) => Promise<unknown>;
}

async function openBrowser(): Promise<Browser> {
  // Chromium takes commands on loopback only, so it is on the host's, on a port that is free.
  const options = ['--detach', '--rm', '--memory', '1g', '--network', 'host', 'holdfast/browser:dev'];
  const debugging = ['--remote-debugging-port=0', '--remote-allow-origins=*'];
  const { stdout: id } = await execa('docker', ['run', ...options, ...debugging, 'about:blank'], { stdin: 'ignore' });
  await using opened = new AsyncDisposableStack();
  opened.defer(async () => {
    await execa('docker', ['kill', id], { stdin: 'ignore' });
  });
  const pages = await waitFor(
    async () => {
      const { stderr } = await execa('docker', ['logs', id], { stdin: 'ignore' });
      const door = /DevTools listening on ws:\/\/(?<at>127\.0\.0\.1:\d+)\//.exec(stderr)?.groups?.['at'];
      if (door === undefined) return undefined;
      const response = await fetch(`http://${door}/json/list`, { signal: AbortSignal.timeout(2_000) });
      return z
        .tuple([z.object({ webSocketDebuggerUrl: z.string() })])
        .rest(z.unknown())
        .parse(await response.json());
    },
    { what: 'the browser', deadlineMs: 20_000 },
  );
  const socket = new WebSocket(pages[0].webSocketDebuggerUrl);
  opened.defer(() => {
    socket.close();
  });
  await new Promise((resolve, reject) => {
    socket.addEventListener('open', resolve);
    socket.addEventListener('error', () => {
      reject(new Error('the browser takes no commands'));
    });
  });
  let sent = 0;
  const run = async (method: string, params: object): Promise<unknown> => {
    sent += 1;
    const number = sent;
    return await new Promise((resolve, reject) => {
      const signal = AbortSignal.timeout(10_000);
      signal.addEventListener('abort', () => {
        reject(new Error(`the browser does not answer ${method}`));
      });
      socket.addEventListener(
        'message',
        ({ data }) => {
          const answer = answerSchema.parse(JSON.parse(String(data)));
          if (answer.id === number) resolve(answer.result);
        },
        { signal },
      );
      socket.send(JSON.stringify({ id: number, method, params }));
    });
  };
  const parts = opened.move();
  return { run, [Symbol.asyncDispose]: () => parts.disposeAsync() };
}

const answerSchema = z.object({ id: z.number().optional(), result: z.unknown() });
const valueSchema = z.object({ result: z.object({ value: z.unknown() }) });

/** Waits until each series counts more than it did, while `act` is done. */
async function expectMore(series: readonly string[], act: () => Promise<void>): Promise<void> {
  const before = await Promise.all(series.map(countOf));
  await act();
  for (const [index, one] of series.entries()) {
    await waitFor(async () => (await countOf(one)) > (before[index] ?? 0), { what: one, deadlineMs: 10_000 });
  }
}

it('what a browser shows is counted, with how it did once its reader clicks and goes on', async () => {
  await using browser = await openBrowser();
  const evaluate = async (expression: string): Promise<unknown> =>
    valueSchema.parse(await browser.run('Runtime.evaluate', { expression, returnByValue: true })).result.value;
  const page = '{route="/products/:id"}';
  await expectMore([`page_views_total${page}`, `web_vitals_ttfb_seconds_count${page}`], async () => {
    await browser.run('Page.navigate', { url: `${shop}/products/1` });
  });
  const atEnd = ['lcp_seconds', 'fcp_seconds', 'cls', 'inp_seconds'].map((name) => `web_vitals_${name}_count${page}`);
  const atNext = ['page_views_total{route="/products"}', 'page_route_changes_total{route="/products"}'];
  await expectMore([`page_errors_total${page}`, ...atEnd, ...atNext], async () => {
    // Nobody clicks on what is not drawn yet.
    await waitFor(async () => (await evaluate('performance.getEntriesByName("first-contentful-paint").length')) === 1, {
      what: 'a drawn page',
      deadlineMs: 10_000,
    });
    await evaluate('setTimeout(() => { throw new Error("of a test"); })');
    const middle =
      'JSON.stringify((({ x, y, width, height }) => ({ x: x + width / 2, y: y + height / 2 }))(document.querySelector("nav a[href=\'/products\']").getBoundingClientRect()))';
    const place = z.object({ x: z.number(), y: z.number() }).parse(JSON.parse(String(await evaluate(middle))));
    for (const type of ['mousePressed', 'mouseReleased']) {
      await browser.run('Input.dispatchMouseEvent', { type, ...place, button: 'left', clickCount: 1 });
    }
  });
});

it('a beacon comes through every tier, and one that is too large does not', async () => {
  expect(await sendBeacon(VIEW)).toBe(204);
  expect(await sendBeacon(VIEW + ' '.repeat(5_000))).toBe(413);
  expect(await sendBeacon('[')).toBe(400);
});

it('a flood of beacons is refused, and the shop answers during it', async () => {
  const refused = 'beacons_refused_total{reason="too-many"}';
  const before = await countOf(refused);
  const flood = new AbortController();
  const statuses = new Set<number>();
  const senders = Array.from({ length: 64 }, async () => {
    while (!flood.signal.aborted) statuses.add(await sendBeacon(VIEW));
  });
  try {
    await waitFor(() => Promise.resolve(statuses.has(429)), { what: 'a refused beacon', deadlineMs: 30_000 });
    for (const path of ['/', '/products/2', '/login']) {
      const page = await fetch(`${shop}${path}`, { signal: AbortSignal.timeout(5_000) });
      expect([page.status, (await page.text()).includes('</html>')]).toEqual([200, true]);
    }
  } finally {
    flood.abort();
    await Promise.all(senders);
  }
  expect([...statuses].toSorted()).toEqual([204, 429]);
  expect(await countOf(refused)).toBeGreaterThan(before);
  await waitFor(async () => (await sendBeacon(VIEW)) === 204, { what: 'a beacon counted again', deadlineMs: 10_000 });
});
