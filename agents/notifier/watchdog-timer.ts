import type { Notification } from './notification.ts';
import { type Peer, anyPeerHears } from './peers.ts';
import { type WatchdogState, decideWatchdog, watchdogNotification } from './watchdog.ts';

interface WatchdogTimerOptions {
  readonly host: string;
  readonly peers: readonly Peer[];
  readonly deadlineMs: number;
  readonly now: () => number;
  readonly put: (notification: Notification) => void;
  readonly log: (line: string) => void;
}

/** Listens for the always firing alert and reports its silence. */
interface WatchdogTimer extends Disposable {
  readonly heard: () => void;
  readonly isHeard: () => boolean;
  readonly lastSeenMs: () => number;
}

export function openWatchdogTimer(options: WatchdogTimerOptions): WatchdogTimer {
  const { host, deadlineMs, now, put, log } = options;
  let state: WatchdogState = { lastSeenMs: now(), reportedSinceMs: undefined };
  const isSilent = (): boolean => now() - state.lastSeenMs > deadlineMs;

  const check = async (): Promise<void> => {
    const peerHeard = isSilent() && (await anyPeerHears(options.peers));
    const decision = decideWatchdog(state, { nowMs: now(), deadlineMs, peerHeard });
    const startsAtMs = state.reportedSinceMs ?? now();
    if (decision === 'nothing') return;
    const firing = decision === 'report';
    state = { ...state, reportedSinceMs: firing ? startsAtMs : undefined };
    put(watchdogNotification(host, firing ? { startsAtMs } : { startsAtMs, endsAtMs: now() }));
  };
  const timer = setInterval(
    () => {
      check().catch((error: unknown) => {
        log(`checking the watchdog failed: ${String(error)}`);
      });
    },
    Math.min(5_000, deadlineMs / 4),
  );
  return {
    heard: () => {
      state = { ...state, lastSeenMs: now() };
    },
    isHeard: () => !isSilent(),
    lastSeenMs: () => state.lastSeenMs,
    [Symbol.dispose]: () => {
      clearInterval(timer);
    },
  };
}
