import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { readMigrations } from './boot/migration-files.ts';
import { prepareDatabase } from './boot/prepare-database.ts';
import { appFiles, parseAppConfig } from './config.ts';
import { makeShop } from './make-shop.ts';
import { makeLogger } from './telemetry/logger.ts';
import { makeMetrics } from './telemetry/metrics.ts';

/**
 * `node deploy/app/migrate.ts [--seed]`: applies the migrations that are pending, and with `--seed` the sample data, then ends. What every
 * application host does by itself when it starts; here for those who want to do it before a rollout.
 */
async function main(): Promise<void> {
  const files = appFiles(process.env);
  const config = parseAppConfig(readFileSync(files.config, 'utf8'));
  const log = makeLogger(config.host, 'info');
  const metrics = makeMetrics(process.env['HOLDFAST_COMMIT'] ?? 'unknown');
  const shop = makeShop({ config, secrets: files.secrets, metrics, log, asset: (name) => name, sabotage: undefined });
  const stopping = new AbortController();
  process.once('SIGINT', () => {
    stopping.abort();
  });
  await prepareDatabase({
    target: shop.migrateTarget,
    database: config.database.name,
    migrations: await readMigrations(join(import.meta.dirname, 'migrations')),
    withSeed: process.argv.includes('--seed'),
    log,
    signal: stopping.signal,
  });
  shop.close();
  log.info('database prepared');
}

await main();
