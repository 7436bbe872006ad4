/**
 * Upper bounds in seconds, from what the servers' clocks can tell (1 ms) to the budget of a write; the thresholds of the latency objectives
 * (0.1, 0.3 and 1 s) are among them, so that what is below them is counted and not guessed.
 */
export const LATENCY_BUCKETS = [0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.3, 0.5, 1, 2.5, 5, 10] as const;
