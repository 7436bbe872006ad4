import { type Told, lastOf } from './notified-state.ts';
import { type Peer, readRecentWords, type RecentWord } from './peers.ts';

interface PeerMemoryOptions {
  readonly peers: readonly Peer[];
  /** Wall-clock time in epoch ms; it may jump. */
  readonly now: () => number;
}

/** What the other notifiers have mailed lately, remembered for the time when they do not answer. */
export interface PeerMemory extends Disposable {
  /** The last word of these peers (by host) about an alert, its times on this host's clock. */
  readonly find: (alertKey: string, hosts: readonly string[]) => Told;
}

/** Poll interval. What a peer mails after its last poll stays unknown when it fails. */
const EVERY_MS = 2_000;

/**
 * Polls the peers for what they mailed in the last minutes, and remembers the last response of a peer that fails. Alertmanager includes alerts of
 * a group that resolved within 15 minutes in every notification (Prometheus resends them for that long); the remaining notifier must not mail
 * these ends again.
 */
export function openPeerMemory({ peers, now }: PeerMemoryOptions): PeerMemory {
  const remembered = new Map<string, ReadonlyMap<string, Told>>();
  let timer: NodeJS.Timeout | undefined;
  let isClosed = false;

  const ask = async (peer: Peer): Promise<void> => {
    const words = await readRecentWords(peer);
    if (words === undefined) return;
    const nowMs = now();
    // Ages, not times: the clocks of two hosts may differ.
    const told = ({ agoMs, status, sinceMs }: RecentWord): Told => ({ status, sinceMs, atMs: nowMs - agoMs });
    remembered.set(peer.host, new Map(words.map((word) => [word.key, told(word)])));
  };
  const run = (): void => {
    void Promise.all(peers.map(ask)).finally(() => {
      if (!isClosed) timer = setTimeout(run, EVERY_MS);
    });
  };
  if (peers.length > 0) run();
  return {
    find: (alertKey, hosts) =>
      hosts.reduce<Told>((last, host) => lastOf(last, remembered.get(host)?.get(alertKey)), undefined),
    [Symbol.dispose]: () => {
      isClosed = true;
      clearTimeout(timer);
    },
  };
}
