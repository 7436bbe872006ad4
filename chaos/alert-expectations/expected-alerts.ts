import type { AlertName } from '../../alerts/names.ts';
import type { Tier } from '../../deploy/model/topology.ts';
import type { AlertExpectations, ExpectedAlert } from './alert-expectations.ts';

/** The alert mail must arrive within 30 s, the resolved mail within 60 s. */
const DELIVERY_LIMITS = { deliverWithinMs: 30_000, resolveWithinMs: 60_000 } as const;

const ofHost = (alertname: AlertName): ExpectedAlert => ({ alertname, ofTarget: true });
const ofService = (alertname: AlertName): ExpectedAlert => ({ alertname, ofTarget: false });

type Expected = Pick<AlertExpectations, 'mustDeliver' | 'mayDeliver'> & Partial<Pick<AlertExpectations, 'deliverFrom'>>;

/** The alerts that the crash of a host causes, by tier. */
const OF_CRASH: Readonly<Record<Tier, Expected>> = {
  edge: { mustDeliver: [ofHost('EdgeLost')], mayDeliver: [] },
  lb: { mustDeliver: [ofHost('LoadBalancerLost')], mayDeliver: [] },
  // In a pool of two hosts, the remaining one has no redundancy.
  web: { mustDeliver: [ofHost('WebHostLost')], mayDeliver: ['WebRedundancyLost'] },
  app: { mustDeliver: [ofHost('AppHostLost')], mayDeliver: ['AppRedundancyLost'] },
  db: {
    mustDeliver: [ofHost('DatabaseNodeLost'), ofService('DatabaseRedundancyLost')],
    // An election may exceed the time that the alert allows for a failover.
    mayDeliver: ['DatabaseNoWritablePrimary'],
  },
  cache: { mustDeliver: [ofHost('CacheHostLost')], mayDeliver: ['CacheRedundancyLost'] },
  monitor: { mustDeliver: [ofHost('MonitorLost')], mayDeliver: [] },
  trace: { mustDeliver: [ofHost('TargetDown')], mayDeliver: [] },
  // No mail can be delivered while the mailbox is down. The notifiers queue their mails until it is back.
  mail: { mustDeliver: [ofHost('TargetDown')], mayDeliver: ['NotificationsFailing'], deliverFrom: 'return' },
};

/** The alerts that the kill of a process causes, by service. The init restarts it within a second, so most kills cause none. */
const OF_KILL: Readonly<Record<string, Expected>> = {
  // A restarted node has to rejoin its group, which takes 10 to 30 s.
  mysqld: OF_CRASH.db,
};
const NO_ALERTS: Expected = { mustDeliver: [], mayDeliver: [] };

/** The alert expectations of a host crash. */
export function alertsOfCrash(tier: Tier): AlertExpectations {
  return { ...DELIVERY_LIMITS, ...OF_CRASH[tier] };
}

/** The alert expectations of a process kill. */
export function alertsOfKill(service: string): AlertExpectations {
  return { ...DELIVERY_LIMITS, ...(OF_KILL[service] ?? NO_ALERTS), mendsItself: true };
}
