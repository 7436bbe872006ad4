import type { NotifierConfig } from './config.ts';
import type { Notification } from './notification.ts';
import { anyPeerReceivesWatchdog, sendHeartbeat } from './peers.ts';
import { decideWatchdog, watchdogNotification } from './watchdog.ts';

/** Start of the missing heartbeat that was mailed (epoch ms). It survives a restart, because a mailed alert needs a resolved mail. */
export interface MissingHeartbeat {
  readonly read: () => number | undefined;
  readonly write: (sinceMs: number | undefined) => void;
}

interface WatchdogTimerOptions extends Pick<NotifierConfig, 'host' | 'peers' | 'watchdog' | 'heartbeatTargets'> {
  /** Wall-clock time in epoch ms; it may jump. */
  readonly now: () => number;
  /** Monotonic time in ms. */
  readonly elapsed: () => number;
  readonly missingHeartbeat: MissingHeartbeat;
  readonly put: (notification: Notification) => void;
  readonly log: (line: string) => void;
}

/** Expects repeated heartbeats, and reports when they are missing. */
interface WatchdogTimer extends Disposable {
  readonly onReceived: () => void;
  readonly isReceived: () => boolean;
  /** Epoch milliseconds; at first the start of this notifier. */
  readonly lastSeenMs: () => number;
}

/** Interval of checks and of outgoing heartbeats; the deadline of a watchdog is several times longer. */
const CHECK_INTERVAL_MS = 5_000;

export function openWatchdogTimer(options: WatchdogTimerOptions): WatchdogTimer {
  const { host, watchdog, now, elapsed, missingHeartbeat, put, log } = options;
  const { alert, deadlineMs } = watchdog;
  const everyMs = Math.min(CHECK_INTERVAL_MS, deadlineMs / 4);
  let lastSeenMs = now();
  let reportedSinceMs = missingHeartbeat.read();
  // A heartbeat that was missing before the restart stays missing until it arrives.
  let lastSeenAt = reportedSinceMs === undefined ? elapsed() : -Infinity;
  let lastCheckAt = elapsed();
  const isOverdue = (): boolean => elapsed() - lastSeenAt > deadlineMs;

  const check = async (): Promise<void> => {
    // If this process was paused, as on a hung host, it could not receive heartbeats, so the deadline starts again.
    if (reportedSinceMs === undefined && elapsed() - lastCheckAt > deadlineMs / 2) lastSeenAt = elapsed();
    lastCheckAt = elapsed();
    // Sent from this check on purpose: if the check hangs, the heartbeats stop, and the other notifier reports it.
    void Promise.all(options.heartbeatTargets.map(sendHeartbeat));
    const peerReceives = isOverdue() && (await anyPeerReceivesWatchdog(options.peers));
    const decision = decideWatchdog({
      isMissing: isOverdue(),
      isReported: reportedSinceMs !== undefined,
      peerReceives,
    });
    if (decision === 'nothing') return;
    const startsAtMs = reportedSinceMs ?? now();
    const isResolved = decision === 'resolve';
    reportedSinceMs = isResolved ? undefined : startsAtMs;
    put(watchdogNotification({ alert, host }, isResolved ? { startsAtMs, endsAtMs: now() } : { startsAtMs }));
    missingHeartbeat.write(reportedSinceMs);
  };
  const timer = setInterval(() => {
    check().catch((error: unknown) => {
      log(`checking the watchdog failed: ${String(error)}`);
    });
  }, everyMs);
  return {
    onReceived: () => {
      lastSeenMs = now();
      lastSeenAt = elapsed();
    },
    isReceived: () => !isOverdue(),
    lastSeenMs: () => lastSeenMs,
    [Symbol.dispose]: () => {
      clearInterval(timer);
    },
  };
}
