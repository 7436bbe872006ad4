import type { Comparison } from './simulate.ts';

/** A difference of instance-hours below this share counts as equal: the moment at which a host starts makes it. */
const EQUAL_SHARE = 0.01;

/** Where another policy is better than the own one. */
export interface Judgement {
  readonly trace: string;
  /** Policies with fewer seconds out of SLO. */
  readonly slowerThan: readonly string[];
  /** Policies with fewer instance-hours, and the additional share. */
  readonly dearerThan: readonly { readonly policy: string; readonly share: number }[];
}

export function judgeComparison({ trace, outcomes }: Comparison): Judgement {
  const [own, ...others] = outcomes;
  if (own === undefined) return { trace, slowerThan: [], dearerThan: [] };
  return {
    trace,
    slowerThan: others.filter((other) => other.secondsOutOfSlo < own.secondsOutOfSlo).map(({ policy }) => policy),
    dearerThan: others
      .map(({ policy, instanceHours }) => ({ policy, share: own.instanceHours / instanceHours - 1 }))
      .filter(({ share }) => share > EQUAL_SHARE),
  };
}
