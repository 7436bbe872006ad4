import { type Told, lastOf } from './notified-state.ts';
import { type Peer, readRecentWords, type RecentWord } from './peers.ts';

interface PeerMemoryOptions {
  readonly peers: readonly Peer[];
  /** What people call now; it may be set anew. */
  readonly now: () => number;
}

/** What the other notifiers have mailed lately, remembered for the time when they do not answer. */
export interface PeerMemory extends Disposable {
  /** The last word of these peers (by host) about an alert, its times on this host's clock. */
  readonly find: (alertKey: string, hosts: readonly string[]) => Told;
}

/** What a peer mailed in its last two seconds can be unknown when it is lost. */
const EVERY_MS = 2_000;

/**
 * Asks the peers every two seconds what they have mailed in the last minutes. Of a peer that is lost, the last answer is remembered: Alertmanager
 * sends with every notification of a group what ended in it within 15 minutes (Prometheus resends it for that long), and the notifier that is left
 * must not mail that end again.
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
