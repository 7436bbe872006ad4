import { EXPERIMENTS } from '../../../kit/experiments.ts';
import { OPERATIONS } from '../../../kit/operations.ts';
import { hopsOf } from '../../model/hops.ts';
import {
  addressOn,
  dependenciesOf,
  hostsOf,
  PORTS,
  routeAddress,
  slotsOf,
  traceStoreUrl,
  type Host,
  type Topology,
} from '../../model/topology.ts';

/** The configuration of the exporter; `ExporterConfig` in agents/exporter/config.ts defines its format. */
export function renderExporterConfig(topology: Topology): string {
  const { profile, networks } = topology;
  const at = (host: Host) => ({ host: host.name, address: addressOn(host, 'ops') });
  const member = (host: Host) => ({ ...at(host), peerAddress: addressOn(host, 'data') });
  const targets = (hosts: readonly Host[], port: number) => hosts.map((host) => ({ ...at(host), port }));
  const front = routeAddress(topology, 'http');
  const config = {
    port: PORTS.exporter,
    accessLogPort: PORTS.accessLogs,
    // Shorter than the scrape timeout, so that a process that is down is reported as such.
    connectMs: 2 * profile.role.timeoutMs,
    // The host-metrics endpoint responds within milliseconds, unless the host is down or hung.
    answerMs: profile.monitoring.scrapeIntervalMs / 2,
    networks: Object.fromEntries(Object.values(networks).map(({ subnet, name }) => [subnet, name])),
    mysql: hostsOf(topology, 'db').map((host) => ({ ...member(host), port: PORTS.mysql })),
    cache: hostsOf(topology, 'cache').map((host) => ({
      ...member(host),
      valkeyPort: PORTS.valkey,
      sentinelPort: PORTS.sentinel,
    })),
    nginx: targets(hostsOf(topology, 'web'), PORTS.nginxStatus),
    hostFacts: targets(
      topology.hosts.filter(({ enabled }) => enabled),
      PORTS.facts,
    ),
    varnish: targets(hostsOf(topology, 'edge'), PORTS.varnishFacts),
    logs: {
      nginx: hostsOf(topology, 'web').map(at),
      haproxy: (['lb', 'edge'] as const).flatMap((tier) => hostsOf(topology, tier)).map(at),
      servers: [
        ...(['web', 'app', 'edge'] as const).flatMap((tier) => slotsOf(topology, tier)).map(({ name }) => name),
        // Some requests of an edge bypass Varnish.
        ...dependenciesOf(topology, 'edge').map(({ name }) => name),
      ],
    },
    traces: profile.traces,
    traceStoreUrl: traceStoreUrl(topology),
    operations: {
      operationsFile: `/etc/holdfast/${OPERATIONS}`,
      experimentsFile: `/etc/holdfast/${EXPERIMENTS}`,
    },
    hops: hopsOf(topology),
    journey: { url: `http://${front.host}:${front.port}`, everyMs: profile.monitoring.probeIntervalMs },
  };
  return `${JSON.stringify(config, null, 2)}\n`;
}
