import { writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { messageOf } from '../../kit/errors.ts';
import { openHaproxyWatch } from './haproxy-watch.ts';
import { renderMetrics } from './metrics.ts';
import { parseSettings } from './settings.ts';
import { readVrrp } from './vrrp.ts';

/** `node agents/lb-state/main.ts SETTINGS`: checks HAProxy for keepalived and exposes the state of both, until SIGTERM. */
const FOLDER = '/run/keepalived';
const settings = parseSettings(process.argv[2] ?? '/etc/holdfast/lb-state.json');

function log(message: string): void {
  console.log(JSON.stringify({ time: new Date().toISOString(), service: 'lb-state', message }));
}

const watch = openHaproxyWatch({
  socketPath: '/run/haproxy-alive/socket',
  intervalMs: settings.intervalMs,
  deadlineMs: settings.deadlineMs,
  onChange: (isResponding) => {
    // keepalived tracks this file: see deploy/tiers/lb/keepalived.ts.
    writeFileSync(`${FOLDER}/haproxy.track`, isResponding ? '0\n' : '1\n');
    log(isResponding ? 'HAProxy responds' : 'HAProxy does not respond: releasing the virtual IPs');
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
      .end(renderMetrics(view, watch.isResponding));
  } catch (error) {
    log(`rendering metrics failed: ${messageOf(error)}`);
    response.writeHead(500).end();
  }
});
// A missing network must not stop the health check.
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
