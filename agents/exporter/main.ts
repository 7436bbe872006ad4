import { readFileSync } from 'node:fs';
import { Registry } from 'prom-client';
import { openIntake } from '../../exporters/access-log/receiver.ts';
import type { Log } from '../../exporters/kit/failure-log.ts';
import { probeOnce } from '../../exporters/kit/probe-once.ts';
import { makeProbeServer, type Module } from '../../exporters/kit/probe-server.ts';
import { EXIT, messageOf } from '../../kit/errors.ts';
import { collectProcessMetrics } from '../../kit/process-metrics.ts';
import { readExporterConfig, type ExporterConfig } from './config.ts';
import { collectIntakeMetrics } from './intake-metrics.ts';
import { makeLogModules, makeSiteCounters } from './log-modules.ts';
import { MODULES } from './modules.ts';

/**
 * The exporter of a monitor host: looks at the targets of its configuration for the Prometheus beside it, until SIGTERM. With `--once MODULE TARGET`
 * it looks once and prints what it would have answered.
 */
const SECRETS = process.env['HOLDFAST_SECRETS'] ?? '/run/holdfast/secrets';
const CONFIG = process.env['HOLDFAST_EXPORTER_CONFIG'] ?? '/etc/holdfast/exporter.json';
const [flag, ...words] = process.argv.slice(2);
const isOnce = flag === '--once';

const log: Log = (message, details) => {
  const line = JSON.stringify({ time: new Date().toISOString(), service: 'exporter', message, ...details });
  // Printed metrics are for a file or a pipe.
  if (isOnce) console.error(line);
  else console.log(line);
};

if (flag === undefined) await serve().catch(giveUp);
else if (isOnce) process.exitCode = await look();
else {
  // Also what the image's build asks, to have everything compiled.
  console.log('main.ts                       answer Prometheus until SIGTERM');
  console.log('main.ts --once MODULE TARGET  look once and print what Prometheus would be answered');
  process.exitCode = flag === '--help' ? EXIT.held : EXIT.usage;
}

function makeModules(config: ExporterConfig, site = makeSiteCounters(config)): readonly Module[] {
  const readSecret = (name: string): string => readFileSync(`${SECRETS}/${name}`, 'utf8').trim();
  return MODULES.flatMap((make) => make({ config, readSecret, log, site }));
}

async function look(): Promise<number> {
  const { text, problem } = await probeOnce(makeModules(readExporterConfig(CONFIG)), words);
  if (problem === undefined) process.stdout.write(text);
  else console.error(problem);
  // What a module keeps open for its next look has none.
  setImmediate(() => process.exit());
  return problem === undefined ? EXIT.held : EXIT.usage;
}

/** Mostly another one has the port: somebody tries it by hand beside the one that runs. */
function giveUp(error: unknown): void {
  log('cannot answer', {
    error: messageOf(error),
    hint: 'where the exporter runs already, look with --once MODULE TARGET',
  });
  process.exit(EXIT.internal);
}

/** Answers Prometheus, and counts the lines that servers send meanwhile. */
async function serve(): Promise<void> {
  const config = readExporterConfig(CONFIG);
  const site = makeSiteCounters(config);
  const { modules: logs, books } = makeLogModules(config, { log, site });
  const intake = await openIntake({ address: '0.0.0.0', port: config.accessLogPort, books });
  const registry = new Registry();
  collectProcessMetrics(registry);
  collectIntakeMetrics(registry, intake);
  const server = makeProbeServer({
    modules: [...makeModules(config, site), ...logs],
    own: async () => ({ contentType: registry.contentType, body: await registry.metrics() }),
    log,
  });
  server.on('error', giveUp).listen(config.port, '0.0.0.0', () => {
    log('listening', { port: config.port });
  });
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    process.once(signal, () => {
      server.close(() => process.exit(0));
      server.closeAllConnections();
    });
  }
}
