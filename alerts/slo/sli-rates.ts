import type { Sli } from './slo.ts';

/** Events and bad events per second over a window, as PromQL. Without counters both are absent, not zero. */
export function sliRates(sli: Sli, window: string): { readonly events: string; readonly bad: string } {
  const sum = (selector: string): string => `sum(rate(${selector}[${window}]))`;
  if (sli.kind === 'ratio') {
    // A counter of failures does not exist before the first failure.
    return { events: sum(sli.events), bad: `${sum(sli.bad)} or 0 * ${sum(sli.events)}` };
  }
  const events = sum(`${sli.histogram}_count{${sli.matchers}}`);
  const good = sum(`${sli.histogram}_bucket{${sli.matchers},le="${sli.atMostSeconds}"}`);
  // Without the bucket no event counts as good. clamp_min: rounding can make the difference of two rates slightly negative.
  return { events, bad: `clamp_min(${events} - (${good} or 0 * ${events}), 0)` };
}
