import { writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { messageOf } from '../../kit/errors.ts';
import { openHaproxyWatch } from './haproxy-watch.ts';
import { renderMetrics } from './metrics.ts';
import { parseSettings } from './settings.ts';
import { readVrrp } from './vrrp.ts';

/** `node agents/lb-state/main.ts SETTINGS`: watches HAProxy for keepalived and tells the state of both, until SIGTERM. */
const FOLDER = '/run/keepalived';
const settings = parseSettings(process.argv[2] ?? '/etc/holdfast/lb-state.json');

function log(message: string): void {
  console.log(JSON.stringify({ time: new Date().toISOString(), service: 'lb-state', message }));
}

const watch = openHaproxyWatch({
  socketPath: '/run/haproxy-alive/socket',
  intervalMs: settings.intervalMs,
  deadlineMs: settings.deadlineMs,
  onChange: (answers) => {
    // keepalived watches this file: see deploy/tiers/lb/keepalived.ts.
    writeFileSync(`${FOLDER}/haproxy.track`, answers ? '0\n' : '1\n');
    log(answers ? 'HAProxy answers' : 'HAProxy does not answer: giving the virtual addresses away');
  },
});

const server = createServer((request, response) => {
  if (request.url !== '/metrics') {
    response.writeHead(404).end();
    return;
  }
  try {
    const view = readVrrp(settings.instances, { folder: FOLDER });
    response
      .setHeader('content-type', 'text/plain; version=0.0.4; charset=utf-8')
      .end(renderMetrics(view, watch.answers));
  } catch (error) {
    log(`no metrics: ${messageOf(error)}`);
    response.writeHead(500).end();
  }
});
// A network that is gone must not end the watch.
server.on('error', (error) => {
  log(`cannot listen: ${error.message}`);
  setTimeout(() => server.listen(settings.listen), 1_000).unref();
});
server.listen(settings.listen);

for (const signal of ['SIGTERM', 'SIGINT'] as const) {
  process.once(signal, () => {
    watch[Symbol.dispose]();
    process.exit(0);
  });
}
