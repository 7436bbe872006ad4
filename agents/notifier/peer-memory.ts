import { type LastNotified, lastOf } from './notified-state.ts';
import { type Peer, readRecentNotifications, type RecentNotification } from './peers.ts';

interface PeerMemoryOptions {
  readonly peers: readonly Peer[];
  /** Wall-clock time in epoch ms; it may jump. */
  readonly now: () => number;
}

/** Recent notifications of the other notifiers, kept for the time when these do not respond. */
export interface PeerMemory extends Disposable {
  /** The last state of an alert that these peers (by host) mailed, its times on this host's clock. */
  readonly find: (alertKey: string, hosts: readonly string[]) => LastNotified;
}

/** Poll interval. Mails that a peer sent after its last poll stay unknown if it fails. */
const POLL_INTERVAL_MS = 2_000;

/**
 * Polls the peers for their notifications of the last minutes, and keeps the last response of each. Alertmanager includes the alerts of
 * a group that resolved within 15 minutes in every notification, because Prometheus resends them for that long. If a peer fails, the
 * remaining notifier must not mail these ends again.
 */
export function openPeerMemory({ peers, now }: PeerMemoryOptions): PeerMemory {
  const remembered = new Map<string, ReadonlyMap<string, LastNotified>>();
  let timer: NodeJS.Timeout | undefined;
  let isClosed = false;

  const poll = async (peer: Peer): Promise<void> => {
    const recent = await readRecentNotifications(peer);
    if (recent === undefined) return;
    const nowMs = now();
    // The response contains ages instead of times, because the clocks of two hosts may differ.
    const stateOf = ({ agoMs, status, sinceMs }: RecentNotification): LastNotified => ({
      status,
      sinceMs,
      atMs: nowMs - agoMs,
    });
    remembered.set(peer.host, new Map(recent.map((notification) => [notification.key, stateOf(notification)])));
  };
  const run = (): void => {
    void Promise.all(peers.map(poll)).finally(() => {
      if (!isClosed) timer = setTimeout(run, POLL_INTERVAL_MS);
    });
  };
  if (peers.length > 0) run();
  return {
    find: (alertKey, hosts) =>
      hosts.reduce<LastNotified>((last, host) => lastOf(last, remembered.get(host)?.get(alertKey)), undefined),
    [Symbol.dispose]: () => {
      isClosed = true;
      clearTimeout(timer);
    },
  };
}
