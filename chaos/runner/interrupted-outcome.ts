import type { Topology } from '../../deploy/model/topology.ts';
import { mergeVerdicts } from '../../kit/verdict.ts';
import type { Guarantee } from '../guarantees/guarantee.ts';
import type { GuaranteeOutcome, ProveOutcome } from './outcome.ts';

interface Interrupted {
  readonly topology: Topology;
  /** All guarantees of the run, in order. */
  readonly guarantees: readonly Guarantee[];
  /** The results of the finished guarantees, which are the first ones. */
  readonly finished: readonly GuaranteeOutcome[];
  readonly startedAt: number;
  readonly endedAt: number;
}

/** The outcome of an interrupted run: the finished guarantees, and the others as `unknown`, so that the run never seems complete. */
export function interruptedOutcome({ topology, guarantees, finished, startedAt, endedAt }: Interrupted): ProveOutcome {
  const begunAt = finished.at(-1)?.endedAt ?? startedAt;
  const left = guarantees.slice(finished.length).map((guarantee, index): GuaranteeOutcome => ({
    id: guarantee.id,
    claim: guarantee.claim,
    verdict: 'unknown',
    reasons: [index === 0 ? 'interrupted before the end of its experiment' : 'interrupted before its experiment'],
    budgets: [],
    prediction: guarantee.predict(topology),
    startedAt: index === 0 ? begunAt : endedAt,
    endedAt,
  }));
  const outcomes = [...finished, ...left];
  return {
    verdict: mergeVerdicts(outcomes.map(({ verdict }) => verdict)),
    startedAt,
    endedAt,
    guarantees: outcomes,
    interrupted: { finished: finished.length, of: guarantees.length },
  };
}
