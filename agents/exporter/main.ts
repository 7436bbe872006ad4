import { readFileSync } from 'node:fs';
import { Registry } from 'prom-client';
import { openReceiver } from '../../exporters/access-log/receiver.ts';
import type { Log } from '../../exporters/kit/failure-log.ts';
import { probeOnce } from '../../exporters/kit/probe-once.ts';
import { makeProbeServer, type Module } from '../../exporters/kit/probe-server.ts';
import { EXIT, messageOf } from '../../kit/errors.ts';
import { collectProcessMetrics } from '../../kit/process-metrics.ts';
import { readExporterConfig, type ExporterConfig } from './config.ts';
import { collectReceiverMetrics } from './receiver-metrics.ts';
import { makeLogModules, makeSiteCounters } from './log-modules.ts';
import { MODULES } from './modules.ts';

/**
 * The exporter of a monitor host. It collects from its configured targets when the Prometheus on the same host scrapes it, until SIGTERM.
 * `--once MODULE TARGET` collects once and prints the metrics.
 */
const SECRETS = process.env['HOLDFAST_SECRETS'] ?? '/run/holdfast/secrets';
const CONFIG = process.env['HOLDFAST_EXPORTER_CONFIG'] ?? '/etc/holdfast/exporter.json';
const [flag, ...args] = process.argv.slice(2);
const isOnce = flag === '--once';

const log: Log = (message, details) => {
  const line = JSON.stringify({ time: new Date().toISOString(), service: 'exporter', message, ...details });
  // Standard output is for the metrics.
  if (isOnce) console.error(line);
  else console.log(line);
};

if (flag === undefined) await serve().catch(exitWithError);
else if (isOnce) process.exitCode = await runOnce();
else {
  // The image build also runs this, to fill the compile cache.
  console.log('main.ts                       serve Prometheus until SIGTERM');
  console.log('main.ts --once MODULE TARGET  scrape a target once and print its metrics');
  process.exitCode = flag === '--help' ? EXIT.held : EXIT.usage;
}

function makeModules(config: ExporterConfig, site = makeSiteCounters(config)): readonly Module[] {
  const readSecret = (name: string): string => readFileSync(`${SECRETS}/${name}`, 'utf8').trim();
  return MODULES.flatMap((make) => make({ config, readSecret, log, site }));
}

async function runOnce(): Promise<number> {
  const { text, problem } = await probeOnce(makeModules(readExporterConfig(CONFIG)), args);
  if (problem === undefined) process.stdout.write(text);
  else console.error(problem);
  // Modules keep connections open for the next collection, which would prevent the exit.
  setImmediate(() => process.exit());
  return problem === undefined ? EXIT.held : EXIT.usage;
}

/** Usually the port is in use, because the exporter already runs and an operator started a second one by hand. */
function exitWithError(error: unknown): void {
  log('cannot serve', {
    error: messageOf(error),
    hint: 'if the exporter already runs, use --once MODULE TARGET',
  });
  process.exit(EXIT.internal);
}

/** Serves Prometheus, and aggregates the received access-log lines. */
async function serve(): Promise<void> {
  const config = readExporterConfig(CONFIG);
  const site = makeSiteCounters(config);
  const { modules: logs, aggregators } = makeLogModules(config, { log, site });
  const receiver = await openReceiver({ address: '0.0.0.0', port: config.accessLogPort, aggregators });
  const registry = new Registry();
  collectProcessMetrics(registry);
  collectReceiverMetrics(registry, receiver);
  const server = makeProbeServer({
    modules: [...makeModules(config, site), ...logs],
    own: async () => ({ contentType: registry.contentType, body: await registry.metrics() }),
    log,
  });
  server.on('error', exitWithError).listen(config.port, '0.0.0.0', () => {
    log('listening', { port: config.port });
  });
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    process.once(signal, () => {
      server.close(() => process.exit(0));
      server.closeAllConnections();
    });
  }
}
