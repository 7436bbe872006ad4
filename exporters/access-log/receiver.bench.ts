import { fork } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { parseArgs } from 'node:util';
import { compactFormat, HAPROXY_MARK, HAPROXY_PREFIX, NGINX_MARK } from '../../deploy/model/access-log.ts';
import { makeHaproxyAggregator } from './haproxy-aggregator.ts';
import { openReceiver } from './receiver.ts';
import type { LineAggregator } from './line-aggregator.ts';
import { makeNginxAggregator } from './nginx-aggregator.ts';
import { makeSiteCounter } from './site-counter.ts';

/**
 * `node exporters/access-log/receiver.bench.ts [--rate 25000] [--seconds 5] [--of nginx|haproxy]`: sends lines over loopback from another
 * process and prints the CPU time that receiving them cost. At `--rate 600` (200 requests per second with three lines each) every line wakes the
 * process separately; at high rates it reads many at once. `--json`: the format that chaos/bench/measure-receiver.ts reads. No test has a limit
 * for the result, because machines differ.
 */
const { values } = parseArgs({
  options: {
    rate: { type: 'string', default: '25000' },
    seconds: { type: 'string', default: '5' },
    of: { type: 'string', default: 'nginx' },
    to: { type: 'string' },
    json: { type: 'boolean', default: false },
  },
});
const [rate, seconds] = [Number(values.rate), Number(values.seconds)];
if (values.to === undefined) await receive();
else await send(Number(values.to));

async function receive(): Promise<void> {
  const names = { proxies: new Set(['http', 'web']), servers: new Set(['web1']) };
  const sampling = { slowMs: 300, sampleRatio: 1 };
  const clocks = { now: Date.now, elapsed: () => performance.now() };
  const aggregator: LineAggregator =
    values.of === 'haproxy'
      ? makeHaproxyAggregator(names, sampling, { ...clocks, site: makeSiteCounter() })
      : makeNginxAggregator(sampling, Date.now);
  await using receiver = await openReceiver({
    address: '127.0.0.1',
    port: 0,
    aggregators: new Map([['127.0.0.1', aggregator]]),
  });
  const before = await cost(receiver.received);
  const sender = fork(import.meta.filename, [...process.argv.slice(2), '--to', String(receiver.port)]);
  const [exitCode] = (await once(sender, 'exit')) as [number | null];
  if (exitCode !== 0) throw new Error(`the sender exited with ${String(exitCode)}`);
  const after = await cost(receiver.received);
  const lines = after.lines - before.lines;
  const cpuSeconds = after.cpuSeconds - before.cpuSeconds;
  const perSecond = Math.round(lines / (after.atSeconds - before.atSeconds));
  const microseconds = (cpuSeconds / lines) * 1e6;
  if (values.json) {
    console.log(JSON.stringify({ sent: rate * seconds, taken: lines, microseconds }));
    return;
  }
  console.log(
    `${values.of}: ${lines} of ${rate * seconds} lines received, ${perSecond}/s; ${String(receiver.dropped())} dropped because the buffer was full (${receiver.bufferBytes()} bytes)`,
  );
  console.log(
    `${microseconds.toFixed(1)} µs of processor time per line: ${Math.round(1e6 / microseconds)} lines/s fill a core, 200 lines/s take ${((microseconds * 200) / 1e4).toFixed(2)} % of one; RSS ${Math.round(process.memoryUsage.rss() / 2 ** 20)} MiB`,
  );
}

/** CPU time and number of lines, after all datagrams that have arrived were read. */
async function cost(
  received: () => number,
): Promise<{ readonly lines: number; readonly cpuSeconds: number; readonly atSeconds: number }> {
  let lines = -1;
  while (lines !== received()) {
    lines = received();
    await new Promise((resolve) => setImmediate(resolve));
  }
  const { user, system } = process.cpuUsage();
  return { lines, cpuSeconds: (user + system) / 1e6, atSeconds: performance.now() / 1000 };
}

async function send(port: number): Promise<void> {
  const socket = createSocket('udp4');
  socket.connect(port, '127.0.0.1');
  await once(socket, 'connect');
  const routes = ['/', '/products', '/products/:id', '/api/orders', '/static/*'];
  const begin = performance.now();
  let sent = 0;
  while (sent < rate * seconds) {
    const due = Math.min(rate * seconds, Math.floor(((performance.now() - begin) / 1000) * rate));
    while (sent < due) {
      const trace = (0x1000_0000 + sent).toString(16).padStart(32, 'a');
      const route = routes[sent % routes.length] ?? '/';
      const haproxy = { process: '7', sequence: String(sent), proxy: 'http', backend: 'web', server: 'web1' };
      const line =
        values.of === 'haproxy'
          ? `${HAPROXY_PREFIX}${compactFormat(HAPROXY_MARK, { ...haproxy, status: '200', termination: '--', duration: String(sent % 40), kind: '-', trace })}","at":1`
          : `<190>Nov 24 22:04:30 nginx: ${compactFormat(NGINX_MARK, { route, method: 'GET', status: '200', duration: `0.0${10 + (sent % 40)}`, bytes: '4711', upstreamStatus: '200', upstreamDuration: '0.009', trace })}`;
      socket.send(line);
      sent += 1;
    }
    await new Promise((resolve) => setImmediate(resolve));
  }
  socket.close();
  await once(socket, 'close');
}
