import { readFileSync } from 'node:fs';
import { Registry } from 'prom-client';
import { makeTopology, PORTS } from '../../deploy/topology.ts';
import { probeOnce } from '../../exporters/kit/probe-once.ts';
import { makeProbeServer, type Log } from '../../exporters/kit/probe-server.ts';
import { EXIT } from '../../kit/errors.ts';
import { collectProcessMetrics } from '../../kit/process-metrics.ts';
import { MODULES } from './modules.ts';

/**
 * The exporter of a monitor host: looks at the targets of the topology for the Prometheus beside it, until SIGTERM. With `--once MODULE TARGET`
 * it looks once and prints what it would have answered.
 */
const SECRETS = process.env['HOLDFAST_SECRETS'] ?? '/run/holdfast/secrets';
const [flag, ...words] = process.argv.slice(2);
const isOnce = flag === '--once';

const log: Log = (message, details) => {
  const line = JSON.stringify({ time: new Date().toISOString(), service: 'exporter', message, ...details });
  // Printed metrics are for a file or a pipe.
  if (isOnce) console.error(line);
  else console.log(line);
};

const topology = makeTopology();
const readSecret = (name: string): string => readFileSync(`${SECRETS}/${name}`, 'utf8').trim();
const modules = MODULES.flatMap((makeModules) => makeModules({ topology, readSecret, log }));

if (isOnce) {
  const { text, problem } = await probeOnce(modules, words);
  if (problem === undefined) process.stdout.write(text);
  else console.error(problem);
  // What a module keeps open for its next look has none.
  process.exit(problem === undefined ? EXIT.held : EXIT.usage);
} else if (flag !== undefined) {
  console.error(`${flag} is no option: there is --once MODULE TARGET.`);
  process.exit(EXIT.usage);
} else serve();

function serve(): void {
  const registry = new Registry();
  collectProcessMetrics(registry);
  const server = makeProbeServer({
    modules,
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
}
