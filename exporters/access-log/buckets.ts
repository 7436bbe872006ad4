/**
 * Upper bounds in seconds, from the resolution of the servers' timers (1 ms) to the latency budget of a write. They include the thresholds of
 * the latency SLOs (0.1, 0.3 and 1 s), so that requests below these are counted, not interpolated.
 */
export const LATENCY_BUCKETS = [0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.3, 0.5, 1, 2.5, 5, 10] as const;
