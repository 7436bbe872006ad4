import type { ModuleMaker } from './module-maker.ts';
import { sentinelModule, valkeyModule } from './modules/cache.ts';
import { mysqlModule } from './modules/mysql.ts';
import { nginxModule } from './modules/nginx.ts';

/** Everything that the exporter looks at: a line each. */
export const MODULES: readonly ModuleMaker[] = [
  // One a line, so that additions stay apart.
  mysqlModule,
  valkeyModule,
  sentinelModule,
  nginxModule,
];
