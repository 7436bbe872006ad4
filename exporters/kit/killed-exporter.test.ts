import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { expect, it, onTestFinished } from 'vitest';

/** An exporter of its own process. Its collector takes as long as `hangs` says: until it is killed, or no time. Prints the port, and each look. */
function program(port: number, hangs: boolean): string {
  const here = (file: string): string => JSON.stringify(new URL(file, import.meta.url).href);
  return `
    import { makeModule, makeProbeServer } from ${here('probe-server.ts')};
    import { scrapeMetrics } from ${here('scrape-metrics.ts')};
    import { counter } from ${here('../catalog/metric.ts')};
    const log = () => undefined;
    const shop = makeModule('shop', {
      targets: new Map([['app1', 'here']]),
      log,
      exporter: {
        prefix: 'shop',
        metrics: { ...scrapeMetrics('shop', ['sales']), shop_sold_total: counter('1', 'Sold.') },
        open: async () => ({ [Symbol.dispose]: () => undefined }),
        collectors: [{
          name: 'sales',
          collect: async (_session, emit) => {
            emit({ name: 'shop_sold_total', value: 7 });
            console.log('looks');
            if (${hangs}) await new Promise(() => undefined);
          },
        }],
      },
    });
    const own = async () => ({ contentType: 'text/plain', body: '' });
    const server = makeProbeServer({ modules: [shop], own, log });
    server.listen(${port}, '127.0.0.1', () => console.log(server.address().port));
  `;
}

/** Starts it, and answers the lines that it prints. */
function start(port: number, hangs: boolean) {
  const child: ChildProcess = spawn(
    process.execPath,
    ['--no-warnings', '--input-type=module-typescript', '--eval', program(port, hangs)],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  );
  onTestFinished(() => {
    child.kill('SIGKILL');
  });
  if (child.stdout === null) throw new Error('it has no output');
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  return { child, line: async (): Promise<string> => String((await lines.next()).value) };
}

const scrape = (port: number): Promise<Response> =>
  fetch(`http://127.0.0.1:${port}/probe?module=shop&target=app1`, {
    headers: { 'X-Prometheus-Scrape-Timeout-Seconds': '20' },
  });

it('an exporter that is killed in the middle of a scrape gives an error and no half answer, and the next scrape is right', async () => {
  const first = start(0, true);
  const port = Number(await first.line());
  const broken = scrape(port).then((response) => response.text());
  const failed = expect(broken).rejects.toThrow('fetch failed');
  expect(await first.line()).toBe('looks');
  const ended = once(first.child, 'exit');
  first.child.kill('SIGKILL');
  await ended;
  await failed;
  await expect(scrape(port)).rejects.toThrow('fetch failed');

  // As the init of its host does.
  const second = start(port, false);
  expect(Number(await second.line())).toBe(port);
  const text = await (await scrape(port)).text();
  expect(text).toContain('\nshop_sold_total 7\n');
  expect(text).toContain('\nshop_up 1\n');
  expect(text).toContain('shop_scrape_collector_success{collector="sales"} 1\n');
}, 30_000);
