import type { Counting, Series } from '../alert-case.ts';
import type { Sli } from './slo.ts';

/** A period with a constant rate of events and a constant share of bad ones. */
export interface Stretch {
  readonly seconds: number;
  readonly perSecond: number;
  readonly badShare: number;
  /** The counting process restarts at the beginning of the period. */
  readonly restarted?: boolean;
}

/** Counters that an SLI reads, on one host: all of them, and only those that exist when its bad (or good) events are not counted. */
export function exampleSeries(
  sli: Sli,
  stretches: readonly Stretch[],
): { readonly all: Series; readonly partial: Series } {
  const counting = (share: (stretch: Stretch) => number): Counting => ({
    stretches: stretches.map((stretch) => ({
      ...(stretch.restarted === true ? { from: 0 } : {}),
      perSecond: stretch.perSecond * share(stretch),
      seconds: stretch.seconds,
    })),
  });
  const good = counting(({ badShare }) => 1 - badShare);
  if (sli.kind === 'ratio') {
    const partial = { [sli.example.good]: good };
    return { all: { ...partial, [sli.example.bad]: counting(({ badShare }) => badShare) }, partial };
  }
  const partial = { [`${sli.histogram}_count{${sli.example}}`]: counting(() => 1) };
  return { all: { ...partial, [`${sli.histogram}_bucket{${sli.example},le="${sli.atMostSeconds}"}`]: good }, partial };
}
