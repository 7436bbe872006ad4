import type { Traces } from '../../../model/profile.ts';

/** Why a trace is kept. */
export type SampleReason = 'error' | 'retried' | 'slow' | 'sampled';

/** What became of a request. */
export interface Outcome {
  readonly traceId: string;
  readonly failed: boolean;
  /** A statement or transaction of it was tried again. */
  readonly retried: boolean;
  readonly durationMs: number;
}

/**
 * Whether a trace is worth keeping, decided when the request has ended, and the weightiest reason. The share of ordinary requests is
 * chosen by the trace ID, so that everyone who sees the same trace chooses alike. The first proxy makes that ID at random: no client chooses it.
 */
export function decideSampling(outcome: Outcome, { slowMs, keptRatio }: Traces): SampleReason | undefined {
  if (outcome.failed) return 'error';
  if (outcome.retried) return 'retried';
  if (outcome.durationMs > slowMs) return 'slow';
  // The last seven bytes are the random ones by W3C's rules; six of them are enough and exact in a number.
  return Number.parseInt(outcome.traceId.slice(-12), 16) < keptRatio * 2 ** 48 ? 'sampled' : undefined;
}
