import { type Notification, digest } from './notification.ts';

/** The alerts that a notifier creates itself when heartbeats are missing. Each has a runbook of the same name. */
export const OWN_ALERTS = ['WatchdogSilent', 'MonitorsSilent'] as const;

type OwnAlert = (typeof OWN_ALERTS)[number];

const TEXTS: Readonly<Record<OwnAlert, { readonly summary: (host: string) => string; readonly description: string }>> =
  {
    WatchdogSilent: {
      summary: (host) => `The watchdog alert is missing on ${host} and on every other monitor host`,
      description:
        'The alert Watchdog always fires and is sent repeatedly. It has stopped arriving: Prometheus, Alertmanager or the connection between them is broken. Other alerts may be missing as well.',
    },
    MonitorsSilent: {
      summary: () => 'No heartbeat from any monitor host',
      description:
        'The notifiers of the monitor hosts send heartbeats, and all of them have stopped. The monitors, or the network between them and this host, are down. If the monitors are down, nothing is monitored and no other alert can arrive.',
    },
  };

/** The action after a check of the watchdog. */
export type WatchdogDecision = 'nothing' | 'report' | 'resolve';

/**
 * The monitoring is broken when the watchdog alert is overdue. While another monitor host receives its own watchdog alert, that host's
 * regular alerts report the failure, so this notifier does not.
 */
export function decideWatchdog(state: {
  readonly isMissing: boolean;
  /** The missing watchdog was mailed. */
  readonly isReported: boolean;
  readonly peerReceives: boolean;
}): WatchdogDecision {
  const { isMissing, isReported, peerReceives } = state;
  if (isReported) return isMissing ? 'nothing' : 'resolve';
  return isMissing && !peerReceives ? 'report' : 'nothing';
}

/** The notifier's own notification of a missing heartbeat, which no Alertmanager can send. */
export function watchdogNotification(
  { alert, host }: { readonly alert: OwnAlert; readonly host: string },
  since: { readonly startsAtMs: number; readonly endsAtMs?: number },
): Notification {
  const status = since.endsAtMs === undefined ? 'firing' : 'resolved';
  const labels = { alertname: alert, host, severity: 'critical', owner: 'monitoring' };
  return {
    thread: digest([alert, host]),
    alerts: [
      {
        key: `${alert}-${host}@${since.startsAtMs}`,
        name: alert,
        status,
        host,
        severity: labels.severity,
        owner: labels.owner,
        summary: TEXTS[alert].summary(host),
        description: TEXTS[alert].description,
        runbook: `alerts/runbooks/${alert}.md`,
        startsAtMs: since.startsAtMs,
        endsAtMs: since.endsAtMs,
        labels,
      },
    ],
    truncated: 0,
  };
}
