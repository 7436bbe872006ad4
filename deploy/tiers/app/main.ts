import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { appFiles, parseAppConfig } from './config.ts';
import { readMigrations } from './boot/migration-files.ts';
import { warmUp } from './boot/warm-up.ts';
import { isPrepared } from './boot/prepare-database.ts';
import { makeShop, type Shop } from './make-shop.ts';
import { failRequests, parseSabotage } from './shop/sabotage.ts';
import { openTraceLogSender } from './telemetry/trace-log-sender.ts';
import { makeLogger, type Logger } from './telemetry/logger.ts';
import { makeMetrics } from './telemetry/metrics.ts';
import { startTracing } from './telemetry/tracing.ts';
import { openZipkin } from './telemetry/zipkin-store.ts';
import { drain } from './web/drain.ts';
import type { Phase } from './web/health.ts';
import { makeAssetPath } from './web/layout.ts';
import { makeMetricsServer } from './web/metrics-server.ts';
import { makeServer } from './web/make-server.ts';
import { readManifest } from './web/read-manifest.ts';

const PREPARED_RETRY_MS = 250;

/** The application of one host: starts, serves until SIGTERM, and shuts down without failing a request. */
async function main(): Promise<void> {
  const environment = process.env;
  const files = appFiles(environment);
  const config = parseAppConfig(readFileSync(files.config, 'utf8'));
  const version = environment['HOLDFAST_COMMIT'] ?? 'unknown';
  const level = environment['HOLDFAST_LOG_LEVEL'] ?? 'info';
  const log = makeLogger(config.host, level, openTraceLogSender(config.traceLogs));
  const sabotage = parseSabotage(environment['HOLDFAST_SABOTAGE']);
  if (sabotage !== undefined) log.error({ sabotage }, 'SABOTAGE: this application breaks its promises on purpose');
  const metrics = makeMetrics(version);
  const { storeUrl, ...policy } = config.traces;
  const tracing = startTracing({ host: config.host, commit: version, policy, send: openZipkin(storeUrl), metrics });
  const asset = makeAssetPath(readManifest(import.meta.dirname));
  const shop = makeShop({ config, secrets: files.secrets, metrics, log, asset, sabotage });
  const phase: Phase = { current: 'starting' };
  const server = makeServer({ services: shop.services, phase, version, log, endTrace: tracing.end });
  if (sabotage === 'fail-requests') failRequests(server, Math.random);
  const metricsServer = makeMetricsServer(metrics, shop.observe).listen(config.metrics.port, config.metrics.host);
  let inFlight = 0;
  server.server.on('request', (_request, response) => {
    inFlight += 1;
    response.once('close', () => (inFlight -= 1));
  });
  await server.listen({ ...config.listen, backlog: 1_024 });

  const stopping = new AbortController();
  let isShuttingDown = false;
  const shutDown = async (): Promise<void> => {
    log.info('draining');
    stopping.abort();
    const { drainMs, writeBudgetMs } = config.timeouts;
    await drain({
      phase,
      drainMs,
      // Writes from before the signal have already used `drainMs` of their budget.
      finishMs: writeBudgetMs - drainMs,
      inFlight: () => inFlight,
      close: () => server.close(),
      closeAll: () => {
        server.server.closeAllConnections();
      },
    });
    shop.close();
    metricsServer.close();
    metricsServer.closeAllConnections();
    await tracing.stop();
    log.info('stopped');
    process.exit(0);
  };
  const onSignal = (signal: NodeJS.Signals): void => {
    // A second signal ends the process at once.
    if (isShuttingDown) process.exit(1);
    isShuttingDown = true;
    log.info({ signal }, 'signal');
    shutDown().catch((error: unknown) => {
      log.error({ err: error }, 'stopping failed');
      process.exit(70);
    });
  };
  process.on('SIGTERM', onSignal).on('SIGINT', onSignal);
  // A load balancer that hands over its addresses cannot end idle sessions of a pool without a race. Programs without a handler ignore this signal.
  process.on('SIGWINCH', () => {
    log.info('renewing connections');
    shop.renewConnections();
  });

  await shop.cache.start();
  await waitUntilPrepared(shop, log, stopping.signal).catch((error: unknown) => {
    if (!stopping.signal.aborted) throw error;
  });
  await warmUp(shop);
  if (stopping.signal.aborted) return;
  if (sabotage === 'never-ready') return;
  phase.current = 'ready';
  log.info({ version, listen: config.listen }, 'ready');
}

/**
 * Waits until the schema matches this code and the sample data is complete. The service `migrate` on the same host prepares both, with a
 * password that this process does not have. This check uses the read route, so that an application can start without a primary.
 */
async function waitUntilPrepared(shop: Shop, log: Logger, signal: AbortSignal): Promise<void> {
  const migrations = await readMigrations(join(import.meta.dirname, 'migrations'));
  for (let isFirst = true; !(await isPrepared(shop.reads, migrations)); isFirst = false) {
    if (isFirst) log.info('waiting for the database to be prepared');
    await sleep(PREPARED_RETRY_MS, undefined, { signal });
  }
}

await main();
