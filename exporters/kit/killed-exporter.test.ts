import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { expect, it, onTestFinished } from 'vitest';

/** Program of an exporter. With `hangs` its collector never returns. Prints the port, and a line per collection. */
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
            console.log('collecting');
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

/** Starts the exporter; `line` returns the next line that it prints. */
function start(port: number, hangs: boolean) {
  const child: ChildProcess = spawn(
    process.execPath,
    ['--no-warnings', '--input-type=module-typescript', '--eval', program(port, hangs)],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  );
  onTestFinished(() => {
    child.kill('SIGKILL');
  });
  if (child.stdout === null) throw new Error('the exporter process has no standard output');
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  return { child, line: async (): Promise<string> => String((await lines.next()).value) };
}

const scrape = (port: number): Promise<Response> =>
  fetch(`http://127.0.0.1:${port}/probe?module=shop&target=app1`, {
    headers: { 'X-Prometheus-Scrape-Timeout-Seconds': '20' },
  });

it('an exporter killed during a scrape returns an error and no partial response; the next scrape is complete', async () => {
  const first = start(0, true);
  const port = Number(await first.line());
  const broken = scrape(port).then((response) => response.text());
  const failed = expect(broken).rejects.toThrow('fetch failed');
  expect(await first.line()).toBe('collecting');
  const ended = once(first.child, 'exit');
  first.child.kill('SIGKILL');
  await ended;
  await failed;
  await expect(scrape(port)).rejects.toThrow('fetch failed');

  // Restart it on the same port, as s6 does on the host.
  const second = start(port, false);
  expect(Number(await second.line())).toBe(port);
  const text = await (await scrape(port)).text();
  expect(text).toContain('\nshop_sold_total 7\n');
  expect(text).toContain('\nshop_up 1\n');
  expect(text).toContain('shop_scrape_collector_success{collector="sales"} 1\n');
}, 30_000);
