import type { Topology } from '../../deploy/model/topology.ts';
import { mergeVerdicts } from '../../kit/verdict.ts';
import type { Guarantee } from '../guarantees/guarantee.ts';
import type { GuaranteeOutcome, ProveOutcome } from './outcome.ts';

interface Interrupted {
  readonly topology: Topology;
  /** All that were to be shown, in their order. */
  readonly guarantees: readonly Guarantee[];
  /** Those of them that came to their end: the first ones. */
  readonly finished: readonly GuaranteeOutcome[];
  readonly startedAt: number;
  readonly endedAt: number;
}

/** The outcome of a run that was interrupted: what it came to, and the rest as `unknown`, so that it never looks like a whole run. */
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
