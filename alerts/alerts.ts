import type { Topology } from '../deploy/model/topology.ts';
import type { Alert } from './alert.ts';
import { accessLogAlerts } from './rules/access-log.ts';
import { appAlerts } from './rules/app.ts';
import { cacheAlerts } from './rules/cache.ts';
import { clientAlerts } from './rules/clients.ts';
import { cacheStateAlerts } from './rules/cache-state.ts';
import { DATABASE_STATE_ALERTS } from './rules/database-state.ts';
import { cpuSaturationAlerts } from './rules/cpu-saturation.ts';
import { databaseAlerts } from './rules/database.ts';
import { earlyWarnings } from './rules/early-warnings.ts';
import { edgeCacheAlerts } from './rules/edge-cache.ts';
import { edgeAlerts } from './rules/edge.ts';
import { hostAlerts } from './rules/host.ts';
import { lbAlerts } from './rules/lb.ts';
import { MAINTENANCE_ALERTS } from './rules/maintenance.ts';
import { monitorAlerts } from './rules/monitor.ts';
import { probeAlerts } from './rules/probe.ts';
import { siteAlerts } from './rules/site.ts';
import { webAlerts } from './rules/web.ts';
import { monitorHealthAlerts } from './rules/monitor-health.ts';
import { monitorTrustAlerts } from './rules/monitor-trust.ts';
import { redundancyAlerts } from './rules/redundancy.ts';
import { saturationAlerts } from './rules/saturation.ts';
import { sloAlerts } from './slo/slo-alerts.ts';

/** Every alert of a topology. */
export function makeAlerts(topology: Topology): readonly Alert[] {
  return [
    ...edgeAlerts(topology),
    ...edgeCacheAlerts(topology),
    ...lbAlerts(topology),
    ...webAlerts(topology),
    ...appAlerts(topology),
    ...databaseAlerts(topology),
    ...cacheAlerts(topology),
    ...hostAlerts(topology),
    ...DATABASE_STATE_ALERTS,
    ...cacheStateAlerts(topology),
    ...siteAlerts(topology),
    ...clientAlerts(topology),
    ...probeAlerts(topology),
    ...accessLogAlerts(topology),
    ...monitorAlerts(topology),
    ...redundancyAlerts(topology),
    ...saturationAlerts(topology),
    ...monitorHealthAlerts(topology),
    ...earlyWarnings(topology),
    ...cpuSaturationAlerts(topology),
    ...monitorTrustAlerts(topology),
    ...MAINTENANCE_ALERTS,
    ...sloAlerts(topology),
  ];
}
