import { EXIT } from './errors.ts';

/** `held`: proven true; `violated`: proven false; `unknown`: not proven, for any reason. */
export type Verdict = 'held' | 'unknown' | 'violated';

const RANK: Record<Verdict, number> = { held: 0, unknown: 1, violated: 2 };

/** The worst of several verdicts (`held < unknown < violated`); `unknown` for an empty list. */
export function mergeVerdicts(verdicts: readonly Verdict[]): Verdict {
  if (verdicts.length === 0) return 'unknown';
  return verdicts.reduce((worst, verdict) => (RANK[verdict] > RANK[worst] ? verdict : worst));
}

/** 0 held, 1 violated, 2 unknown. */
export function exitCodeOf(verdict: Verdict): number {
  return EXIT[verdict];
}
