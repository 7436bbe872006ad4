import { readFileSync } from 'node:fs';
import { Registry } from 'prom-client';
import { addressOn, hostsOf, makeTopology, PORTS } from '../../deploy/topology.ts';
import { openIntake } from '../../exporters/access-log/intake.ts';
import { makeModule, makeProbeServer, type Log } from '../../exporters/kit/probe-server.ts';
import { makeMysqlExporter } from '../../exporters/mysql/exporter.ts';
import type { MysqlTarget } from '../../exporters/mysql/session.ts';
import { collectProcessMetrics } from '../../kit/process-metrics.ts';
import { collectIntakeMetrics } from './intake-metrics.ts';
import { makeLogModules } from './log-modules.ts';

/** The exporter of a monitor host: looks at the targets of the topology for the Prometheus beside it, until SIGTERM. */
const SECRETS = process.env['HOLDFAST_SECRETS'] ?? '/run/holdfast/secrets';
const topology = makeTopology();
const readSecret = (name: string): string => readFileSync(`${SECRETS}/${name}`, 'utf8').trim();

const log: Log = (message, details) => {
  console.log(JSON.stringify({ time: new Date().toISOString(), service: 'exporter', message, ...details }));
};

const databases = hostsOf(topology, 'db');
const login = { user: 'monitor', password: readSecret('db-monitor-password'), authority: readSecret('ca-cert') };
const connectMs = 2 * topology.profile.role.timeoutMs;
const mysql = makeModule('mysql', {
  exporter: makeMysqlExporter(new Map(databases.map((host) => [addressOn(host, 'data'), host.name]))),
  targets: new Map<string, MysqlTarget>(
    databases.map((host) => [host.name, { address: addressOn(host, 'ops'), port: PORTS.mysql, login, connectMs }]),
  ),
  log,
});

const { modules: logs, books } = makeLogModules(topology, log);
const intake = await openIntake({ address: '0.0.0.0', port: PORTS.accessLogs, books });

const registry = new Registry();
collectProcessMetrics(registry);
collectIntakeMetrics(registry, intake);
const server = makeProbeServer({
  modules: [mysql, ...logs],
  own: async () => ({ contentType: registry.contentType, body: await registry.metrics() }),
  log,
});
server.listen(PORTS.exporter, '0.0.0.0', () => {
  log('listening', { port: PORTS.exporter });
});

for (const signal of ['SIGTERM', 'SIGINT'] as const) {
  process.once(signal, () => {
    server.close(() => process.exit(0));
    server.closeAllConnections();
  });
}
