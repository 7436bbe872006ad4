import type { Topology } from '../deploy/topology.ts';
import type { Alert } from './alert.ts';
import { appAlerts } from './rules/app.ts';
import { CACHE_ALERTS } from './rules/cache.ts';
import { databaseAlerts } from './rules/database.ts';
import { lbAlerts } from './rules/lb.ts';
import { monitorAlerts } from './rules/monitor.ts';
import { monitorHealthAlerts } from './rules/monitor-health.ts';
import { redundancyAlerts } from './rules/redundancy.ts';
import { saturationAlerts } from './rules/saturation.ts';
import { siteAlerts } from './rules/site.ts';
import { WEB_ALERTS } from './rules/web.ts';
import { sloAlerts } from './slo/slo-alerts.ts';

/** Every alert of a topology. */
export function makeAlerts(topology: Topology): readonly Alert[] {
  return [
    ...lbAlerts(topology),
    ...WEB_ALERTS,
    ...appAlerts(topology),
    ...databaseAlerts(topology),
    ...CACHE_ALERTS,
    ...siteAlerts(topology),
    ...monitorAlerts(topology),
    ...redundancyAlerts(topology),
    ...saturationAlerts(topology),
    ...monitorHealthAlerts(topology),
    ...sloAlerts(topology),
  ];
}
