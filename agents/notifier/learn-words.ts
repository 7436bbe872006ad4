import { messageOf } from '../../kit/errors.ts';
import type { Line } from './journal.ts';
import { type Peer, readWords } from './peers.ts';

interface LearnWordsOptions {
  readonly peers: readonly Peer[];
  /** Takes what a peer has told; what is known already, too. */
  readonly learn: (lines: readonly Line[]) => void;
  readonly log: (line: string) => void;
}

/** What a peer told in its last two seconds can be unknown when it is lost, and is then told twice. */
const EVERY_MS = 2_000;

/**
 * Learns again and again what the other notifiers have told, so that it is known when they are lost: Alertmanager sends with every
 * notification of a group also what in it ended within the last 15 minutes, and Prometheus resends it that long.
 */
export function openWordLearner({ peers, learn, log }: LearnWordsOptions): Disposable {
  /** By host: when the last word that is known of it was told, on its clock (epoch ms). */
  const learnedUntilMs = new Map<string, number>();
  let timer: NodeJS.Timeout | undefined;
  let isClosed = false;

  const learnFrom = async (peer: Peer): Promise<void> => {
    const sinceMs = learnedUntilMs.get(peer.host) ?? 0;
    const lines = await readWords(peer, sinceMs);
    if (lines === undefined || isClosed) return;
    learn(lines);
    learnedUntilMs.set(peer.host, Math.max(sinceMs, ...lines.map(({ atMs }) => atMs)));
  };
  const run = (): void => {
    Promise.all(peers.map(learnFrom))
      .catch((error: unknown) => {
        log(`learning what others have told failed: ${messageOf(error)}`);
      })
      .finally(() => {
        if (!isClosed) timer = setTimeout(run, EVERY_MS);
      });
  };
  if (peers.length > 0) run();
  return {
    [Symbol.dispose]: () => {
      isClosed = true;
      clearTimeout(timer);
    },
  };
}
