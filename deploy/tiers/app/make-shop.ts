import { Cache } from './data/cache.ts';
import type { DbTarget } from './data/db-connection.ts';
import { DatabasePool } from './data/database-pool.ts';
import { ReadRoute } from './data/read-route.ts';
import { WriteRoute } from './data/write-route.ts';
import { readSecret, type AppConfig } from './config.ts';
import { Orders } from './shop/orders.ts';
import { Products } from './shop/products.ts';
import { ackBeforeCommit, type Sabotage } from './shop/sabotage.ts';
import { ownWriteSeconds } from './shop/session.ts';
import { SessionStates } from './shop/session-state.ts';
import { makeSigner } from './shop/token.ts';
import { Users } from './shop/users.ts';
import type { Logger } from './telemetry/logger.ts';
import type { Metrics } from './telemetry/metrics.ts';
import type { AssetPath } from './web/layout.ts';
import type { ShopServices } from './web/shop-services.ts';

interface ShopOptions {
  readonly config: AppConfig;
  readonly secrets: string;
  readonly metrics: Metrics;
  readonly log: Logger;
  readonly asset: AssetPath;
  readonly sabotage: Sabotage | undefined;
}

/** The shop with its connections. */
export interface Shop {
  readonly services: ShopServices;
  readonly reads: ReadRoute;
  readonly cache: Cache;
  readonly observe: () => void;
  /** Replaces all connections to database and cache without disturbing requests. */
  readonly renewConnections: () => void;
  readonly close: () => void;
}

/**
 * Seconds that a statement waits for a row lock. Shorter than a statement's own deadline, so that the server reports the timeout itself, and
 * a transaction of a lost session does not block others for long.
 */
const LOCK_WAIT_SECONDS = 1;

/** Builds the shop. Opens no connection. */
export function makeShop(options: ShopOptions): Shop {
  const { config, secrets, metrics, log, asset, sabotage } = options;
  const { timeouts, database } = config;
  const target = (
    user: string,
    address: { readonly host: string; readonly port: number },
    setup: readonly string[],
  ): DbTarget => ({
    ...address,
    database: database.name,
    user,
    password: readSecret(secrets, `db-${user}-password`),
    ca: readSecret(secrets, 'ca-cert'),
    connectMs: timeouts.connectMs,
    // Only for the write route, see below.
    multipleStatements: false,
    setup,
  });
  const shared = { size: database.poolSize, idleMs: timeouts.idleMs, metrics };
  const writePool = new DatabasePool({
    ...shared,
    name: 'db-write',
    target: {
      ...target('app', database.write, [
        'session_track_gtids = OWN_GTID',
        "transaction_isolation = 'READ-COMMITTED'",
        `innodb_lock_wait_timeout = ${LOCK_WAIT_SECONDS}`,
        `max_execution_time = ${timeouts.writeQueryMs}`,
      ]),
      // Locks are held during every round trip of a transaction, so statements are batched.
      multipleStatements: true,
    },
  });
  const readPool = new DatabasePool({
    ...shared,
    name: 'db-read',
    target: target('app', database.read, [
      'transaction_read_only = ON',
      `max_execution_time = ${timeouts.readQueryMs}`,
    ]),
  });
  const cache = new Cache({
    ...config.cache,
    username: 'app',
    password: readSecret(secrets, 'cache-password'),
    ...timeouts,
    metrics,
    log,
  });
  const writeRoute = new WriteRoute({ pool: writePool, ...timeouts, lockWaitMs: LOCK_WAIT_SECONDS * 1000, metrics });
  const isPrimaryUp = (): boolean => writeRoute.isPrimaryUp;
  const reads = new ReadRoute({ reads: readPool, writes: writePool, isPrimaryUp, ...timeouts, metrics });
  const writes = sabotage === 'ack-before-commit' ? ackBeforeCommit(writeRoute, Math.random) : writeRoute;
  return {
    services: {
      products: new Products(reads, cache),
      orders: new Orders({ writes, reads }),
      users: new Users(reads),
      sessionStates: new SessionStates(cache),
      ownWriteSeconds: ownWriteSeconds(timeouts.readerStalenessMs),
      signer: makeSigner(readSecret(secrets, 'session-key')),
      metrics,
      asset,
    },
    reads,
    cache,
    observe: () => {
      writePool.observe();
      readPool.observe();
    },
    renewConnections: () => {
      writePool.renew();
      readPool.renew();
      void cache.renew();
    },
    close: () => {
      writePool.close();
      readPool.close();
      cache.close();
    },
  };
}
