import { readFileSync } from 'node:fs';
import { Registry } from 'prom-client';
import { addressOn, hostsOf, makeTopology, PORTS, routeAddress, type Host } from '../../deploy/topology.ts';
import { hopsOf } from '../../deploy/hops.ts';
import { PROBE_HOP, PROBE_JOURNEY } from '../../exporters/catalog/probe.ts';
import { makeModule, makeProbeServer, type Log } from '../../exporters/kit/probe-server.ts';
import { makeMysqlExporter } from '../../exporters/mysql/exporter.ts';
import type { MysqlTarget } from '../../exporters/mysql/session.ts';
import { probeHop } from '../../exporters/prober/probe-hop.ts';
import { probeJourney } from '../../exporters/prober/journey.ts';
import { makeProbeModule } from '../../exporters/prober/probe-module.ts';
import { makeHostExporter } from '../../exporters/host/exporter.ts';
import type { Door } from '../../exporters/kit/ask-door.ts';
import { VARNISH_EXPORTER } from '../../exporters/varnish/exporter.ts';
import { collectProcessMetrics } from '../../kit/process-metrics.ts';

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

const hop = makeProbeModule({
  name: 'hop',
  metrics: PROBE_HOP,
  targets: new Map(hopsOf(topology).map((one) => [one.name, one])),
  probe: (one, deadlineMs) => probeHop(one, { login, deadlineMs }),
  log,
});

/** A customer of the sample data, and what he buys: a different thing each time, so that more than one page is looked at. */
const CUSTOMER = { email: 'user1@shop.test', password: 'holdfast' } as const;
const PRODUCTS = 100;
const front = routeAddress(topology, 'http');
const journey = makeProbeModule({
  name: 'journey',
  metrics: PROBE_JOURNEY,
  targets: new Map([['shop', `http://${front.host}:${front.port}`]]),
  probe: (site, deadlineMs) => {
    const now = Date.now();
    const productId = 1 + (Math.floor(now / topology.profile.watch.journeyIntervalMs) % PRODUCTS);
    const key = `probe-${process.env['HOLDFAST_HOST'] ?? 'monitor'}-${now}`;
    return probeJourney({ site, authority: login.authority, ...CUSTOMER, key, productId, deadlineMs });
  },
  log,
});

/** A door on each host's leg in the network of the operators. A host says everything in milliseconds; one that does not is dead or frozen. */
const doors = (hosts: readonly Host[], port: number): ReadonlyMap<string, Door> =>
  new Map(
    hosts.map((host) => [
      host.name,
      { address: addressOn(host, 'ops'), port, host: host.name, answerMs: topology.profile.watch.scrapeIntervalMs / 2 },
    ]),
  );
const networks = new Map(Object.values(topology.networks).map(({ subnet, name }) => [subnet, name]));
const host = makeModule('host', {
  exporter: makeHostExporter(networks),
  targets: doors(
    topology.hosts.filter(({ enabled }) => enabled),
    PORTS.facts,
  ),
  log,
});
const varnish = makeModule('varnish', {
  exporter: VARNISH_EXPORTER,
  targets: doors(hostsOf(topology, 'edge'), PORTS.varnishFacts),
  log,
});

const registry = new Registry();
collectProcessMetrics(registry);
const server = makeProbeServer({
  modules: [mysql, host, varnish, hop, journey],
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
