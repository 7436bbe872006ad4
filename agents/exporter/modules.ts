import type { ModuleMaker } from './module-maker.ts';
import { cacheModules } from './modules/cache.ts';
import { hostModules } from './modules/host.ts';
import { mysqlModules } from './modules/mysql.ts';
import { nginxModules } from './modules/nginx.ts';
import { probeModules } from './modules/probe.ts';

/** Everything that the exporter looks at. */
export const MODULES: readonly ModuleMaker[] = [
  // One a line, so that additions stay apart.
  mysqlModules,
  cacheModules,
  nginxModules,
  hostModules,
  probeModules,
];
