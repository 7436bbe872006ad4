import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { MigrationRefused, readMigrations } from './boot/migration-files.ts';
import { prepareDatabase } from './boot/prepare-database.ts';
import { appFiles, parseAppConfig, readSecret } from './config.ts';
import { makeLogger } from './telemetry/logger.ts';

/**
 * `node deploy/tiers/app/migrate.ts [--seed]`: applies the migrations that are pending, and with `--seed` the sample data, then ends. Every
 * application host runs it when it starts, as a user of its own, with `--seed`: this shop waits for its sample data. It can be run alone before a
 * rollout.
 */
async function main(): Promise<void> {
  const files = appFiles(process.env);
  const config = parseAppConfig(readFileSync(files.config, 'utf8'));
  const log = makeLogger(config.host, 'info');
  const stopping = new AbortController();
  const stop = (): void => {
    stopping.abort();
  };
  process.once('SIGINT', stop).once('SIGTERM', stop);
  const preparing = prepareDatabase({
    target: {
      ...config.database.write,
      // There may be no schema yet.
      database: undefined,
      user: 'migrate',
      password: readSecret(files.secrets, 'db-migrate-password'),
      ca: readSecret(files.secrets, 'ca-cert'),
      connectMs: config.timeouts.connectMs,
      multipleStatements: false,
      setup: [],
    },
    database: config.database.name,
    migrations: await readMigrations(join(import.meta.dirname, 'migrations')),
    withSeed: process.argv.includes('--seed'),
    log,
    signal: stopping.signal,
  });
  try {
    await preparing;
  } catch (error) {
    if (!(error instanceof MigrationRefused)) throw error;
    // Somebody has to decide; the supervisor runs this again, so it goes on by itself once that is done.
    log.error({ reason: error.message }, 'a migration was refused');
    process.exit(65);
  }
  log.info('database prepared');
}

await main();
