import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { Server } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { waitFor } from '../../kit/deadline.ts';
import { messageOf } from '../../kit/errors.ts';
import { createAgent, type Log } from './agent.ts';
import { createCheckServer } from './check-server.ts';
import { createMender } from './repair.ts';
import { createMetrics } from './metrics.ts';
import { openNodeWatch, type NodeWatch } from './node-watch.ts';
import { readRecord, writeRecord } from './last-known-group-file.ts';
import { renderDiagnosis } from './render-diagnosis.ts';
import { readSettings } from './settings.ts';
import { openHaproxyPusher } from './push-routes.ts';

/**
 * The database role agent of a load balancer: asks every database node what it is, tells HAProxy who gets writes and reads, mends the
 * group, until SIGTERM. `--once` only looks and prints what it would do (`--json`: for programs).
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

// Without a record the agent is more careful, so a record that cannot be read is none.
const record = await readRecord(settings.recordFile).catch((error: unknown) => {
  log('the record cannot be read', { error: messageOf(error) });
  return undefined;
});

let begun = false;

const watches = new Map<string, NodeWatch>();
const agent = createAgent({
  settings,
  watches,
  record,
  saveRecord: (seen) => (flags.once ? Promise.resolve() : writeRecord(settings.recordFile, seen)),
  onRoutes: (routes) => {
    if (begun) tell(routes);
  },
  log,
});
for (const node of settings.nodes) {
  watches.set(node.name, openNodeWatch(node, { settings, login, onReport: agent.look }));
}

if (flags.once) {
  await sleep(settings.limits.readerMaxAgeMs);
  agent.look();
  console.log(renderDiagnosis(agent.snapshot(), agent.decideMend(), flags.json ? 'json' : 'text'));
  process.exit(0);
}

const metrics = createMetrics(agent.snapshot);
let complaint: string | undefined;
const tell = openHaproxyPusher({
  socketPath: settings.haproxySocket,
  deadlineMs: settings.timeoutMs,
  onPush: (result, details) => {
    metrics.countTell(result);
    // Once for every new reason: an HAProxy that is away is one event, however often it is tried.
    if (result === 'failed' && details.answer !== complaint) log('HAProxy did not take a change', details);
    complaint = details.answer;
  },
});
const mender = createMender({
  settings,
  login,
  decide: agent.decideMend,
  knownSinceMs: () =>
    Math.min(
      ...[...watches.values()].map(({ report }) =>
        // Silence is known now; an answer since it was asked for.
        report.kind === 'answer' ? report.view.askedAtMs : performance.now(),
      ),
    ),
  membersOnline: () => agent.snapshot().membersOnline,
  onMend: (kind, host, error) => {
    metrics.countMend(kind, error === undefined ? 'done' : 'failed');
    log(error === undefined ? 'mended' : 'could not mend', {
      kind,
      node: host,
      ...(error === undefined ? {} : { error }),
    });
  },
});
setInterval(() => {
  // Answers grow old also when no report comes in.
  agent.look();
  mender.carryOut(agent.decideMend());
}, settings.intervalMs);

/** A network that is gone must not end the agent. */
function listen(server: Server, at: { readonly host: string; readonly port: number }): void {
  server.on('error', (error) => {
    log('cannot listen', { ...at, error: error.message });
    setTimeout(() => server.listen(at), 1_000);
  });
  server.listen(at);
}

log('watching', { host: settings.host, nodes: settings.nodes.map((node) => node.name) });
// HAProxy keeps the last state while nobody answers, so a restarted agent looks at all nodes once before it says `down` to a living one.
await waitFor(() => Promise.resolve([...watches.values()].every((watch) => watch.asked)), {
  what: 'the first look at the nodes',
  deadlineMs: settings.limits.writerMaxAgeMs,
  intervalMs: settings.intervalMs / 5,
}).catch(() => undefined);
agent.look();
begun = true;
if (agent.routes !== undefined) tell(agent.routes);
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
