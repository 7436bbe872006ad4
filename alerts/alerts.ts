import type { Topology } from '../deploy/topology.ts';
import type { Alert } from './alert.ts';
import { appAlerts } from './rules/app.ts';
import { CACHE_ALERTS } from './rules/cache.ts';
import { cacheStateAlerts } from './rules/cache-state.ts';
import { DATABASE_STATE_ALERTS } from './rules/database-state.ts';
import { databaseAlerts } from './rules/database.ts';
import { lbAlerts } from './rules/lb.ts';
import { monitorAlerts } from './rules/monitor.ts';
import { siteAlerts } from './rules/site.ts';
import { webAlerts } from './rules/web.ts';

/** Every alert of a topology. */
export function makeAlerts(topology: Topology): readonly Alert[] {
  return [
    ...lbAlerts(topology),
    ...webAlerts(topology),
    ...appAlerts(topology),
    ...databaseAlerts(topology),
    ...DATABASE_STATE_ALERTS,
    ...CACHE_ALERTS,
    ...cacheStateAlerts(topology),
    ...siteAlerts(topology),
    ...monitorAlerts(topology),
  ];
}
