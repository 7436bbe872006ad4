import { OUTAGE_ALERTS } from '../../alerts/outage-alerts.ts';
import type { AlertName } from '../../alerts/names.ts';
import type { Tier } from '../../deploy/model/topology.ts';
import type { AlertExpectations, ExpectedAlert } from './alert-expectations.ts';

/** The alert mail must arrive within 30 s, the resolved mail within 60 s. */
const DELIVERY_LIMITS = { deliverWithinMs: 30_000, resolveWithinMs: 60_000 } as const;

const ofHost = (alertname: AlertName): ExpectedAlert => ({ alertname, ofTarget: true });
const ofService = (alertname: AlertName): ExpectedAlert => ({ alertname, ofTarget: false });

type Expected = Pick<AlertExpectations, 'mustDeliver' | 'mayDeliver'> & Partial<Pick<AlertExpectations, 'deliverFrom'>>;

function expectedOfCrash(tier: Tier): Expected {
  const { ofHost: about, ofService: of, maybe } = OUTAGE_ALERTS[tier];
  return {
    mustDeliver: [...about.map(ofHost), ...of.map(ofService)],
    mayDeliver: maybe,
    // No mail can be delivered while the mailbox is down. The notifiers queue their mails until it is back.
    ...(tier === 'mail' ? { deliverFrom: 'return' } : {}),
  };
}

/** The alerts that the kill of a process causes, by service. The init restarts it within a second, so most kills cause none. */
const OF_KILL: Readonly<Record<string, Expected>> = {
  // A restarted node has to rejoin its group, which takes 10 to 30 s.
  mysqld: expectedOfCrash('db'),
};
const NO_ALERTS: Expected = { mustDeliver: [], mayDeliver: [] };

/** The alert expectations of a host crash. */
export function alertsOfCrash(tier: Tier): AlertExpectations {
  return { ...DELIVERY_LIMITS, ...expectedOfCrash(tier) };
}

/** The alert expectations of a process kill. */
export function alertsOfKill(service: string): AlertExpectations {
  return { ...DELIVERY_LIMITS, ...(OF_KILL[service] ?? NO_ALERTS), mendsItself: true };
}
