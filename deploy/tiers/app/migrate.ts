import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { MigrationRefused, readMigrations } from './boot/migration-files.ts';
import { prepareDatabase } from './boot/prepare-database.ts';
import { appFiles, parseAppConfig, readSecret } from './config.ts';
import { makeLogger } from './telemetry/logger.ts';

/**
 * `node deploy/tiers/app/migrate.ts [--seed]`: applies pending migrations, inserts the sample data (`--seed`), and exits. Every application host
 * runs it at start with `--seed`, as its own user, because the shop waits for the sample data. It can also be run before a rollout.
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
      // The schema may not exist yet.
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
    // Needs a manual fix. The supervisor restarts this program, so it continues automatically afterwards.
    log.error({ reason: error.message }, 'a migration was refused');
    process.exit(65);
  }
  log.info('database prepared');
}

await main();
