import type { NotifierConfig } from './config.ts';
import type { Notification } from './notification.ts';
import { anyPeerHears, showSignOfLife } from './peers.ts';
import { decideWatchdog, watchdogNotification } from './watchdog.ts';

/** Since when a silence is told as a fault (epoch ms), kept where a restart finds it: what was told has to be told as over. */
export interface ToldSilence {
  readonly read: () => number | undefined;
  readonly write: (sinceMs: number | undefined) => void;
}

interface WatchdogTimerOptions extends Pick<NotifierConfig, 'host' | 'peers' | 'watchdog' | 'signsOfLifeTo'> {
  /** What people call now; it may be set anew. */
  readonly now: () => number;
  /** Time that only passes, in ms. */
  readonly elapsed: () => number;
  readonly told: ToldSilence;
  readonly put: (notification: Notification) => void;
  readonly log: (line: string) => void;
}

/** Listens for what must be heard again and again, and reports its silence. */
interface WatchdogTimer extends Disposable {
  readonly heard: () => void;
  readonly isHeard: () => boolean;
  /** Epoch milliseconds; at first the start of this notifier. */
  readonly lastSeenMs: () => number;
}

/** How often it is looked at, and that notifiers elsewhere hear of it; the deadline of a watchdog is several times longer. */
const LOOK_EVERY_MS = 5_000;

export function openWatchdogTimer(options: WatchdogTimerOptions): WatchdogTimer {
  const { host, watchdog, now, elapsed, told, put, log } = options;
  const { alert, deadlineMs } = watchdog;
  const everyMs = Math.min(LOOK_EVERY_MS, deadlineMs / 4);
  let lastSeenMs = now();
  let reportedSinceMs = told.read();
  // What was silent before this notifier was started is so until it is heard.
  let lastSeen = reportedSinceMs === undefined ? elapsed() : -Infinity;
  let lastLook = elapsed();
  const isSilent = (): boolean => elapsed() - lastSeen > deadlineMs;

  const look = async (): Promise<void> => {
    // Who was held up, as a frozen host is, could not hear: that is no silence of others.
    if (reportedSinceMs === undefined && elapsed() - lastLook > deadlineMs / 2) lastSeen = elapsed();
    lastLook = elapsed();
    // Shown by what would report the silence of the monitors itself: where that hangs, somebody else has to.
    void Promise.all(options.signsOfLifeTo.map(showSignOfLife));
    const peerHeard = isSilent() && (await anyPeerHears(options.peers));
    const decision = decideWatchdog({ silent: isSilent(), reported: reportedSinceMs !== undefined, peerHeard });
    if (decision === 'nothing') return;
    const startsAtMs = reportedSinceMs ?? now();
    const isOver = decision === 'resolve';
    reportedSinceMs = isOver ? undefined : startsAtMs;
    put(watchdogNotification({ alert, host }, isOver ? { startsAtMs, endsAtMs: now() } : { startsAtMs }));
    told.write(reportedSinceMs);
  };
  const timer = setInterval(() => {
    look().catch((error: unknown) => {
      log(`looking at the watchdog failed: ${String(error)}`);
    });
  }, everyMs);
  return {
    heard: () => {
      lastSeenMs = now();
      lastSeen = elapsed();
    },
    isHeard: () => !isSilent(),
    lastSeenMs: () => lastSeenMs,
    [Symbol.dispose]: () => {
      clearInterval(timer);
    },
  };
}
