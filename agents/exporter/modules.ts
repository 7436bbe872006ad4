import type { ModuleMaker } from './module-maker.ts';
import { cacheModules } from './modules/cache.ts';
import { hostModules } from './modules/host.ts';
import { mysqlModules } from './modules/mysql.ts';
import { nginxModules } from './modules/nginx.ts';
import { operationsModules } from './modules/operations.ts';
import { probeModules } from './modules/probe.ts';

/** All modules of the exporter. */
export const MODULES: readonly ModuleMaker[] = [
  // The comment keeps one module per line, for small diffs.
  mysqlModules,
  cacheModules,
  nginxModules,
  operationsModules,
  hostModules,
  probeModules,
];
