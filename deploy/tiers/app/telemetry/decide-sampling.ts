import type { Traces } from '../../../model/profile.ts';

/** Why a trace is sampled. */
export type SampleReason = 'error' | 'retried' | 'slow' | 'sampled';

/** Outcome of a request. */
export interface Outcome {
  readonly traceId: string;
  readonly failed: boolean;
  /** One of its statements or transactions was retried. */
  readonly retried: boolean;
  readonly durationMs: number;
}

/**
 * Tail sampling: decides at the end of a request whether to keep its trace, and returns the highest-priority reason. Ordinary requests are sampled
 * by trace ID, so that all programs decide alike about the same trace. The first proxy makes a random ID, so no client can choose it.
 */
export function decideSampling(outcome: Outcome, { slowMs, sampleRatio }: Traces): SampleReason | undefined {
  if (outcome.failed) return 'error';
  if (outcome.retried) return 'retried';
  if (outcome.durationMs > slowMs) return 'slow';
  // W3C requires at least the last seven bytes to be random. Six of them are enough, and a number represents them exactly.
  return Number.parseInt(outcome.traceId.slice(-12), 16) < sampleRatio * 2 ** 48 ? 'sampled' : undefined;
}
