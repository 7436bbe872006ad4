import { DATABASE_CONNECTIONS } from '../../model/database-connections.ts';
import { readerStalenessMs } from '../../model/profile.ts';
import { restart, type RenderedFile } from '../../model/rendered-file.ts';
import {
  addressOn,
  dependenciesOf,
  dependencyAddress,
  PORTS,
  traceHostOf,
  traceStoreUrl,
  type Host,
  type Topology,
} from '../../model/topology.ts';
import { renderToxiproxy } from '../toxiproxy/render.ts';
import { SCHEMA } from '../db/accounts.ts';
import type { AppConfig } from './config.ts';

/** The files of an application host below `/etc/holdfast`. */
export function renderApp(topology: Topology, host: Host): readonly RenderedFile[] {
  return [
    { path: 'app.json', text: `${JSON.stringify(makeAppConfig(topology, host), null, 2)}\n`, onChange: restart('app') },
    ...renderToxiproxy(topology, host),
  ];
}

/** The configuration of the application on one host. */
export function makeAppConfig(topology: Topology, host: Host): AppConfig {
  const { client } = topology.profile;
  const { idleMs, drainMs, ...timeouts } = client;
  return {
    host: host.name,
    listen: { host: addressOn(host, 'app'), port: PORTS.app },
    metrics: { host: addressOn(host, 'ops'), port: PORTS.appMetrics },
    database: {
      name: SCHEMA,
      write: addressOf(topology, 'db-write'),
      read: addressOf(topology, 'db-read'),
      poolSize: DATABASE_CONNECTIONS.poolSize,
    },
    cache: addressOf(topology, 'cache'),
    traces: { storeUrl: traceStoreUrl(topology), ...topology.profile.traces },
    traceLogs: { host: addressOn(traceHostOf(topology), 'ops'), port: PORTS.traceLogs },
    timeouts: {
      ...timeouts,
      // One aborted attempt, one on a new connection, and the time to open a third one. Keeps a read below 1.5 s.
      readBudgetMs: 2 * client.readQueryMs + client.connectMs,
      readerStalenessMs: readerStalenessMs(topology.profile),
      idleMs,
      drainMs,
    },
  };
}

function addressOf(topology: Topology, name: string): { host: string; port: number } {
  const dependency = dependenciesOf(topology, 'app').find((candidate) => candidate.name === name);
  if (dependency === undefined) throw new Error(`the application has no dependency ${name} in the topology`);
  return { ...dependencyAddress(topology, dependency) };
}
