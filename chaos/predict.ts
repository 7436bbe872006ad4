import { makeAlerts } from '../alerts/alerts.ts';
import type { AlertName } from '../alerts/names.ts';
import { evaluationMsOf } from '../alerts/alert.ts';
import { maxDetectionMs } from '../alerts/slowest-scrape-class.ts';
import type { Profile } from '../deploy/model/profile.ts';
import type { Topology } from '../deploy/model/topology.ts';

/** The predicted cost of a fault, calculated from the profile and shown next to the measurement. Milliseconds. */
export interface Prediction {
  /** The predicted quantity, e.g. `longest outage`. */
  readonly what: string;
  readonly bestMs: number;
  readonly worstMs: number;
  /** The calculation of the numbers, for the report. */
  readonly formula: string;
}

export const PREDICTED_FAULTS = [
  'lb-crash',
  'app-crash',
  'db-primary-crash',
  'cache-slow',
  'cache-down',
  'abuse',
  'maintenance',
  'db-switch',
] as const;
export type PredictedFault = (typeof PREDICTED_FAULTS)[number];

/** Lowest VRRP priority in use; a lower priority has a larger skew (RFC 9568, section 6.1). */
const LOWEST_PRIORITY = 140;

/** Between the end of the group's suspicion and the new primary's first write: measured, 3 nodes on one machine. */
const ELECTION_MS = { best: 700, worst: 2_100 };

/** A planned switch of the group's primary, without open transactions: measured, 3 nodes on one machine. */
const SWITCH_MS = 70;

/** A round trip and a query plan on one machine. */
const SERVE_MS = 50;

/** The best and the worst cost of a fault for clients. */
export function predictOutage(fault: PredictedFault, profile: Profile): Prediction {
  const { vrrpAdvertMs: advert, check, role, client } = profile;
  switch (fault) {
    case 'lb-crash': {
      const skew = Math.round(((256 - LOWEST_PRIORITY) * advert) / 256);
      const masterDown = 3 * advert + skew;
      return {
        what: 'longest outage',
        bestMs: masterDown - advert,
        worstMs: masterDown + SERVE_MS,
        formula: `3 × advert ${advert} + skew ${skew}, less the elapsed part of an advert interval … plus ${SERVE_MS} to serve`,
      };
    }
    case 'app-crash': {
      const worst = check.intervalMs + check.timeoutMs + (check.fall - 1) * (check.fastIntervalMs + check.timeoutMs);
      return {
        what: 'longest request (requests are sent to the other host)',
        bestMs: client.connectMs,
        worstMs: worst + SERVE_MS,
        formula: `connect ${client.connectMs} … check interval ${check.intervalMs} + timeout ${check.timeoutMs} + ${check.fall - 1} × (fast interval ${check.fastIntervalMs} + timeout ${check.timeoutMs}) + ${SERVE_MS} to serve`,
      };
    }
    case 'db-primary-crash': {
      const seen = role.intervalMs + role.timeoutMs;
      return {
        what: 'longest write stall',
        bestMs: profile.groupSuspicionMs + ELECTION_MS.best,
        worstMs: profile.groupSuspicionMs + ELECTION_MS.worst + seen + client.connectMs,
        formula: `suspicion ${profile.groupSuspicionMs} + election ${ELECTION_MS.best} … ${ELECTION_MS.worst} + role agent ${seen} + connect ${client.connectMs}`,
      };
    }
    case 'abuse':
      return {
        what: 'added latency of other clients',
        bestMs: 0,
        worstMs: SERVE_MS,
        formula: `limits stop the attacker at the first hop; ${SERVE_MS} because it shares the processor with the servers here`,
      };
    case 'db-switch':
      return {
        what: 'longest wait of a write',
        bestMs: SWITCH_MS,
        worstMs: SWITCH_MS + role.intervalMs + client.connectMs + SERVE_MS,
        formula: `switch of the group ${SWITCH_MS} … + poll of the role agent ${role.intervalMs} + connect ${client.connectMs} + ${SERVE_MS} to serve`,
      };
    case 'maintenance':
      return {
        what: 'added latency of a request',
        bestMs: 0,
        worstMs: SERVE_MS + client.connectMs,
        formula: `a drained host finishes its requests; ${SERVE_MS} because changes share the processor with the servers here, and one connect of ${client.connectMs} that is retried`,
      };
    case 'cache-slow':
      return {
        what: 'added latency of a page',
        bestMs: 0,
        worstMs: client.cacheCommandMs + SERVE_MS,
        formula: `one cache command's timeout ${client.cacheCommandMs} + ${SERVE_MS} to serve, then the circuit breaker is open for ${client.cacheRetryMs} and pages come from the database`,
      };
    case 'cache-down':
      return {
        what: 'added latency of a page',
        bestMs: 0,
        worstMs: client.cacheCommandMs + SERVE_MS,
        formula: `refused at once or timed out after ${client.cacheCommandMs} + ${SERVE_MS} to serve, then the circuit breaker is open for ${client.cacheRetryMs}`,
      };
  }
}

/** A notifier queries its peer, renders a chart and connects to a mail server. */
const MAIL_MS = 1_000;

/** Time from a host's crash to the mail of the last of these alerts; 0 without alerts. */
export function predictAlert(topology: Topology, names: readonly AlertName[]): Prediction {
  const { profile } = topology;
  const { groupWaitMs } = profile.monitoring;
  const predictions = makeAlerts(topology)
    .filter(({ name }) => names.includes(name))
    .map((alert) => {
      const forMs = alert.forMs(profile.monitoring);
      const scrapeMs = maxDetectionMs(alert, profile.monitoring);
      const evaluationMs = evaluationMsOf(alert, profile.monitoring);
      // The other nodes report an unresponsive node as missing only after the group's suspicion timeout.
      const suspicionMs = alert.domain === 'database' ? profile.groupSuspicionMs : 0;
      return {
        bestMs: forMs + groupWaitMs,
        worstMs: suspicionMs + scrapeMs + 2 * evaluationMs + forMs + groupWaitMs + MAIL_MS,
        formula: `${alert.name}: for ${forMs} + group wait ${groupWaitMs} … + ${suspicionMs === 0 ? '' : `suspicion of the group ${suspicionMs} + `}scrape and its timeout ${scrapeMs} + 2 × evaluation ${evaluationMs} + mail ${MAIL_MS}`,
      };
    });
  const [last] = predictions.toSorted((a, b) => b.worstMs - a.worstMs);
  return { what: 'alert mailed', ...(last ?? { bestMs: 0, worstMs: 0, formula: 'no alert is expected' }) };
}
