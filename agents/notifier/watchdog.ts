import { type Notification, digest } from './notification.ts';

/** What is known of the always firing alert. */
export interface WatchdogState {
  /** When it was last heard; at first, when this notifier started. */
  readonly lastSeenMs: number;
  /** Since when its silence is a reported fault. */
  readonly reportedSinceMs: number | undefined;
}

/** What to do about the watchdog. */
export type WatchdogDecision = 'nothing' | 'report' | 'resolve';

/**
 * The path from Prometheus to this notifier is broken when the watchdog is silent for too long. A silence that another monitor
 * host can tell of by the ordinary path (its own watchdog is heard) is not reported twice.
 */
export function decideWatchdog(
  state: WatchdogState,
  facts: { readonly nowMs: number; readonly deadlineMs: number; readonly peerHeard: boolean },
): WatchdogDecision {
  const silent = facts.nowMs - state.lastSeenMs > facts.deadlineMs;
  if (state.reportedSinceMs !== undefined) return silent ? 'nothing' : 'resolve';
  return silent && !facts.peerHeard ? 'report' : 'nothing';
}

/** The notifier's own notification of a silent watchdog, which no Alertmanager can send. */
export function watchdogNotification(
  host: string,
  since: { readonly startsAtMs: number; readonly endsAtMs?: number },
): Notification {
  const status = since.endsAtMs === undefined ? 'firing' : 'resolved';
  const labels = { alertname: 'WatchdogSilent', host, severity: 'critical', owner: 'monitoring' };
  return {
    thread: digest(['watchdog', host]),
    alerts: [
      {
        key: `watchdog-${host}@${since.startsAtMs}`,
        name: 'WatchdogSilent',
        status,
        host,
        severity: labels.severity,
        owner: labels.owner,
        summary: `No sign of life from the monitoring of ${host} or of any other monitor host`,
        description:
          'The alert Watchdog always fires and is sent again and again. It has not been heard: Prometheus, Alertmanager or the way between them is broken, and no other alert can be relied on.',
        runbook: 'alerts/runbooks/WatchdogSilent.md',
        startsAtMs: since.startsAtMs,
        endsAtMs: since.endsAtMs,
        labels,
      },
    ],
    truncated: 0,
  };
}
