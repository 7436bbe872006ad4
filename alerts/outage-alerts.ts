import type { Tier } from '../deploy/model/topology.ts';
import type { AlertName } from './names.ts';

/** The alerts that the outage of one host causes, whether it crashed or is restarted on purpose. */
export interface OutageAlerts {
  /** About the host itself. */
  readonly ofHost: readonly AlertName[];
  /** About the service of its tier. */
  readonly ofService: readonly AlertName[];
  /** Only in some outages. */
  readonly maybe: readonly AlertName[];
}

export const OUTAGE_ALERTS: Readonly<Record<Tier, OutageAlerts>> = {
  edge: { ofHost: ['EdgeLost'], ofService: [], maybe: [] },
  lb: { ofHost: ['LoadBalancerLost'], ofService: [], maybe: [] },
  // In a pool of two hosts, the remaining one has no redundancy.
  web: { ofHost: ['WebHostLost'], ofService: [], maybe: ['WebRedundancyLost'] },
  app: { ofHost: ['AppHostLost'], ofService: [], maybe: ['AppRedundancyLost'] },
  db: {
    ofHost: ['DatabaseNodeLost'],
    ofService: ['DatabaseRedundancyLost'],
    // An election may exceed the time that the alert allows for a failover.
    maybe: ['DatabaseNoWritablePrimary'],
  },
  cache: { ofHost: ['CacheHostLost'], ofService: [], maybe: ['CacheRedundancyLost'] },
  monitor: { ofHost: ['MonitorLost'], ofService: [], maybe: [] },
  trace: { ofHost: ['TargetDown'], ofService: [], maybe: [] },
  mail: { ofHost: ['TargetDown'], ofService: [], maybe: ['NotificationsFailing'] },
};
