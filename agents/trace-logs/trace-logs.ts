import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { openDatagrams } from '../../kit/open-datagrams.ts';
import type { TraceLogsConfig } from './config.ts';
import { makeIntake } from './intake.ts';
import { makeMetrics } from './metrics.ts';
import { makeServer } from './server.ts';
import { makeLogStore } from './store.ts';

/** A running trace-logs, with its ports also if the configuration has 0. */
interface TraceLogs extends AsyncDisposable {
  readonly linesPort: number;
  readonly pagePort: number;
}

/** Starts the UDP socket for lines and the HTTP server. */
export async function openTraceLogs(config: TraceLogsConfig, log: (line: string) => void): Promise<TraceLogs> {
  const startedAtMs = Date.now();
  const store = makeLogStore(config.room);
  const { registry, count } = makeMetrics(store, () => datagrams.dropped());
  const onDatagram = makeIntake(config, { store, count, now: Date.now });
  const datagrams = await openDatagrams({ address: '0.0.0.0', port: config.linesPort, onDatagram });
  const page = makeServer({ store, registry, tracesUrl: config.tracesUrl, startedAtMs, log });
  page.listen(config.pagePort);
  await once(page, 'listening');
  return {
    linesPort: datagrams.port,
    pagePort: (page.address() as AddressInfo).port,
    [Symbol.asyncDispose]: async () => {
      page.close();
      page.closeAllConnections();
      await datagrams[Symbol.asyncDispose]();
    },
  };
}
