/** Derives from the sequence numbers of lines how many were lost. */
export interface SequenceTracker {
  /** Records one received line. `counter`: process and frontend that numbered it. */
  readonly take: (counter: string, sequence: number) => void;
  /**
   * Number of lost lines. Only lines sent at least {@link IN_TRANSIT_MS} ago are counted, so that lines in transit do not count as lost. The
   * result does not depend on the number of scrapers or their intervals.
   */
  readonly lost: () => number;
}

interface CounterState {
  /** First number that was received: earlier lines were never expected. */
  first: number;
  highest: number;
  received: number;
  /** {@link highest} at the last checkpoint, the time of the checkpoint, and the number of lines above it that were received since. */
  checkpoint: number;
  checkpointMs: number;
  receivedSince: number;
  lost: number;
  lastMs: number;
}

/** A number this far below the highest is not a late line: the process restarted under the same ID. */
const RESTART_DISTANCE = 1_000;
/** Counters without lines for this long are dropped; HAProxy ends old processes after 30 s. */
const EXPIRY_MS = 120_000;
/** Far longer than a datagram is in transit between hosts, or waits in the socket of a busy exporter. */
const IN_TRANSIT_MS = 1_000;
/** More than the processes times frontends of one host at any time. */
const MAX_COUNTERS = 32;

/** Starts without expected lines. `now`: milliseconds of a monotonic clock. */
export function makeSequenceTracker(now: () => number): SequenceTracker {
  const counters = new Map<string, CounterState>();
  let lostOfEnded = 0;

  function start(counter: string, sequence: number): void {
    if (counters.size >= MAX_COUNTERS) {
      const [oldest] = [...counters].toSorted(([, a], [, b]) => a.lastMs - b.lastMs);
      if (oldest !== undefined) end(...oldest);
    }
    counters.set(counter, {
      first: sequence,
      highest: sequence,
      received: 1,
      checkpoint: sequence - 1,
      checkpointMs: -Infinity,
      receivedSince: 1,
      lost: 0,
      lastMs: now(),
    });
  }

  function end(counter: string, state: CounterState): void {
    lostOfEnded += state.lost;
    counters.delete(counter);
  }

  /** Counts the lines missing below the last checkpoint, and moves the checkpoint to the highest number. */
  function takeCheckpoint(state: CounterState, nowMs: number): void {
    const expected = state.checkpoint - state.first + 1;
    state.lost = Math.max(state.lost, expected - (state.received - state.receivedSince));
    state.checkpointMs = nowMs;
    if (state.highest <= state.checkpoint) return;
    state.checkpoint = state.highest;
    state.receivedSince = 0;
    state.lastMs = nowMs;
  }

  return {
    take(counter, sequence) {
      const state = counters.get(counter);
      if (state === undefined) {
        start(counter, sequence);
        return;
      }
      if (sequence < state.first || sequence < state.highest - RESTART_DISTANCE) {
        // Lines that the first received line overtook are no sign of a restart.
        if (sequence >= state.first - RESTART_DISTANCE / 10 && state.highest - state.first < RESTART_DISTANCE) return;
        end(counter, state);
        start(counter, sequence);
        return;
      }
      state.received += 1;
      if (sequence > state.checkpoint) state.receivedSince += 1;
      if (sequence > state.highest) state.highest = sequence;
    },
    lost() {
      const nowMs = now();
      let total = lostOfEnded;
      for (const [counter, state] of counters) {
        if (nowMs - state.checkpointMs >= IN_TRANSIT_MS) takeCheckpoint(state, nowMs);
        total += state.lost;
        if (nowMs - state.lastMs > EXPIRY_MS) end(counter, state);
      }
      return total;
    },
  };
}
