import type { AlertName } from '../../alerts/names.ts';
import type { Tier } from '../../deploy/model/topology.ts';
import type { AlertContract, ExpectedAlert } from './alert-contract.ts';

/** A person has to know within half a minute, and to hear within a minute that it is over. */
const TOLD = { deliverWithinMs: 30_000, resolveWithinMs: 60_000 } as const;

const ofHost = (alertname: AlertName): ExpectedAlert => ({ alertname, ofTarget: true });
const ofService = (alertname: AlertName): ExpectedAlert => ({ alertname, ofTarget: false });

type Expected = Pick<AlertContract, 'mustDeliver' | 'mayDeliver'> & Partial<Pick<AlertContract, 'deliverFrom'>>;

/** What the crash of a tier's host raises: these alerts, and no other. */
const OF_CRASH: Readonly<Record<Tier, Expected>> = {
  edge: { mustDeliver: [ofHost('EdgeLost')], mayDeliver: [] },
  lb: { mustDeliver: [ofHost('LoadBalancerLost')], mayDeliver: [] },
  // With two hosts of a pool, the one that is left has no other.
  web: { mustDeliver: [ofHost('WebHostLost')], mayDeliver: ['WebRedundancyLost'] },
  app: { mustDeliver: [ofHost('AppHostLost')], mayDeliver: ['AppRedundancyLost'] },
  db: {
    mustDeliver: [ofHost('DatabaseNodeLost'), ofService('DatabaseRedundancyLost')],
    // An election may take longer than a failover should.
    mayDeliver: ['DatabaseNoWritablePrimary'],
  },
  cache: { mustDeliver: [ofHost('CacheHostLost')], mayDeliver: ['CacheRedundancyLost'] },
  monitor: { mustDeliver: [ofHost('MonitorLost')], mayDeliver: [] },
  trace: { mustDeliver: [ofHost('TargetDown')], mayDeliver: [] },
  // Nobody can be told while the mailbox is away: its mails are kept until it is back.
  mail: { mustDeliver: [ofHost('TargetDown')], mayDeliver: ['NotificationsFailing'], deliverFrom: 'return' },
};

/** What the death of one process raises. The init has it back within a second: mostly nobody has to know. */
const OF_KILL: Readonly<Record<string, Expected>> = {
  // A node that was away joins its group again, and that takes its time.
  mysqld: OF_CRASH.db,
};
const NO_ALERTS: Expected = { mustDeliver: [], mayDeliver: [] };

/** The contract of a host's crash. */
export function alertsOfCrash(tier: Tier): AlertContract {
  return { ...TOLD, ...OF_CRASH[tier] };
}

/** The contract of a process's death. */
export function alertsOfKill(service: string): AlertContract {
  return { ...TOLD, ...(OF_KILL[service] ?? NO_ALERTS), mendsItself: true };
}
