import { EXIT } from './errors.ts';

/** `held`: shown to be true; `violated`: shown to be false; `unknown`: not shown, whatever the reason. */
export type Verdict = 'held' | 'unknown' | 'violated';

const RANK: Record<Verdict, number> = { held: 0, unknown: 1, violated: 2 };

/** The worst of several verdicts (`held < unknown < violated`). Nothing judged is `unknown`. */
export function mergeVerdicts(verdicts: readonly Verdict[]): Verdict {
  if (verdicts.length === 0) return 'unknown';
  return verdicts.reduce((worst, verdict) => (RANK[verdict] > RANK[worst] ? verdict : worst));
}

/** 0 held, 1 violated, 2 unknown. */
export function exitCodeOf(verdict: Verdict): number {
  return EXIT[verdict];
}
