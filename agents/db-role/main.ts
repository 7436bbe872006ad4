import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { Server } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { waitFor } from '../../kit/deadline.ts';
import { messageOf } from '../../kit/errors.ts';
import { createAgent, type Log } from './agent.ts';
import { createCheckServer } from './check-server.ts';
import { createRepairer } from './repair.ts';
import { createMetrics } from './metrics.ts';
import { openDrains } from './drains.ts';
import { openNodeWatch, type NodeWatch } from './node-watch.ts';
import { readLastKnownGroup, writeLastKnownGroup } from './last-known-group-file.ts';
import { renderDiagnosis } from './render-diagnosis.ts';
import { readSettings } from './settings.ts';
import { openHaproxyPusher } from './push-routes.ts';

/**
 * The database failover agent of a load balancer. It polls every database node, pushes the routes of writes and reads to HAProxy, and
 * repairs the group, until SIGTERM. SIGHUP pushes all routes again. `--once` polls once and prints the decisions without applying them (`--json`: for programs).
 */
const { values: flags } = parseArgs({ options: { once: { type: 'boolean' }, json: { type: 'boolean' } } });
const settings = readSettings(process.env['HOLDFAST_ROLE_AGENT_CONFIG'] ?? '/etc/holdfast/role-agent.json');
const login = {
  user: 'agent',
  password: (await readFile(settings.passwordFile, 'utf8')).trimEnd(),
  authority: await readFile(settings.authorityFile, 'utf8'),
};

const log: Log = (message, details = {}) => {
  if (flags.once) return;
  console.log(JSON.stringify({ time: new Date().toISOString(), service: 'db-role', message, ...details }));
};

// Without a last known group the agent refuses more bootstraps, so it is safe to ignore an unreadable file.
const lastKnownGroup = await readLastKnownGroup(settings.recordFile).catch((error: unknown) => {
  log('cannot read the last known group', { error: messageOf(error) });
  return undefined;
});

let isReady = false;

const drains = openDrains({ ...settings, deadlineMs: settings.timeoutMs, log });

const watches = new Map<string, NodeWatch>();
const agent = createAgent({
  settings,
  watches,
  lastKnownGroup,
  saveLastKnownGroup: (seen) => (flags.once ? Promise.resolve() : writeLastKnownGroup(settings.recordFile, seen)),
  onRoutes: (routes) => {
    if (isReady) pushRoutes(routes);
  },
  log,
  drained: () => drains.hosts,
});
for (const node of settings.nodes) {
  watches.set(node.name, openNodeWatch(node, { settings, login, onReport: agent.update }));
}

if (flags.once) {
  await sleep(settings.limits.readerMaxAgeMs);
  agent.update();
  console.log(renderDiagnosis(agent.snapshot(), agent.decideRepair(), flags.json ? 'json' : 'text'));
  process.exit(0);
}

// Sent after each reload of HAProxy. Before the first push, that one includes every server anyway.
process.on('SIGHUP', () => {
  if (isReady && agent.routes !== undefined) pushRoutes(agent.routes, 'all');
});

const metrics = createMetrics(agent.snapshot);
let lastError: string | undefined;
const pushRoutes = openHaproxyPusher({
  socketPath: settings.haproxySocket,
  deadlineMs: settings.timeoutMs,
  onPush: (result, details) => {
    metrics.countPush(result);
    // Log each new reason once: an unreachable HAProxy is one event, however often the push is retried.
    if (result === 'failed' && details.answer !== lastError) log('pushing routes to HAProxy failed', details);
    lastError = details.answer;
  },
});
const repairer = createRepairer({
  settings,
  login,
  decide: agent.decideRepair,
  oldestAnswerMs: () =>
    Math.min(
      ...[...watches.values()].map(({ report }) =>
        // A silent node is current information; an answer is as old as its poll.
        report.kind === 'answer' ? report.view.polledAtMs : performance.now(),
      ),
    ),
  membersOnline: () => agent.snapshot().membersOnline,
  onRepair: (kind, host, error) => {
    metrics.countRepair(kind, error === undefined ? 'done' : 'failed');
    log(error === undefined ? 'repaired' : 'repair failed', {
      kind,
      node: host,
      ...(error === undefined ? {} : { error }),
    });
  },
});
setInterval(() => {
  void drains.apply();
  // Answers age even if no report arrives.
  agent.update();
  repairer.apply(agent.decideRepair());
}, settings.intervalMs);

/** Retries to listen: a missing network must not crash the agent. */
function listen(server: Server, at: { readonly host: string; readonly port: number }): void {
  server.on('error', (error) => {
    log('cannot listen', { ...at, error: error.message });
    setTimeout(() => server.listen(at), 1_000);
  });
  server.listen(at);
}

log('watching', { host: settings.host, nodes: settings.nodes.map((node) => node.name) });
// HAProxy keeps the last state while its agent check gets no reply. So a restarted agent polls all nodes once before it replies; otherwise
// it would mark healthy nodes down.
await waitFor(() => Promise.resolve([...watches.values()].every((watch) => watch.isPolled)), {
  what: 'the first poll of every node',
  deadlineMs: settings.limits.writerMaxAgeMs,
  intervalMs: settings.intervalMs / 5,
}).catch(() => undefined);
agent.update();
isReady = true;
if (agent.routes !== undefined) pushRoutes(agent.routes);
listen(
  createCheckServer(() => agent.routes),
  settings.check,
);
listen(
  createServer((request, response) => {
    if (request.url !== '/metrics') {
      response.writeHead(404).end();
      return;
    }
    void metrics.render().then((text) => {
      response.setHeader('content-type', 'text/plain; version=0.0.4; charset=utf-8').end(text);
    });
  }),
  settings.metrics,
);

for (const signal of ['SIGTERM', 'SIGINT'] as const) {
  process.once(signal, () => {
    for (const watch of watches.values()) watch[Symbol.dispose]();
    process.exit(0);
  });
}
