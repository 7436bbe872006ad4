import type { Sli } from './slo.ts';

/** Events and bad events per second over a window, as PromQL. Without anything counted both are absent, which is not zero. */
export function sliRates(sli: Sli, window: string): { readonly events: string; readonly bad: string } {
  const sum = (selector: string): string => `sum(rate(${selector}[${window}]))`;
  if (sli.kind === 'ratio') {
    // A counter of failures that nobody has needed yet is not there.
    return { events: sum(sli.events), bad: `${sum(sli.bad)} or 0 * ${sum(sli.events)}` };
  }
  const events = sum(`${sli.histogram}_count{${sli.matchers}}`);
  const good = sum(`${sli.histogram}_bucket{${sli.matchers},le="${sli.atMostSeconds}"}`);
  // Without the bucket nothing is known to be good. Two rates of one instant may differ by a rounding.
  return { events, bad: `clamp_min(${events} - (${good} or 0 * ${events}), 0)` };
}
