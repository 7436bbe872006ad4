import type { MonitoringTimings } from '../../deploy/model/profile.ts';
import type { Problem } from '../../kit/problem.ts';
import { promDuration } from '../../kit/prom-duration.ts';
import { countingWindowMs } from './burn-windows.ts';
import type { Slo } from './slo.ts';

/** A rate needs two samples, and one scrape of five may be lost or late. */
const MIN_SCRAPES = 5;

/** Returns all problems of the SLOs. Their metrics are checked with the rules that are generated from them. */
export function checkSlos(slos: readonly Slo[], timings: MonitoringTimings): readonly Problem[] {
  const windowMs = countingWindowMs(timings);
  const names = slos.flatMap(({ id, alerts }) => [id, ...Object.values(alerts)]);
  return [
    ...slos.flatMap(checkSlo),
    ...names
      .filter((name, index) => names.indexOf(name) !== index)
      .map((name) => problem('duplicate', `Two objectives use the name ${name}.`, name)),
    ...(windowMs < MIN_SCRAPES * timings.scrapeIntervalMs
      ? [
          problem(
            'window-too-short',
            `The shortest window of ${promDuration(windowMs)} has fewer than ${MIN_SCRAPES} scrapes: make budgetPeriodMs longer or scrapeIntervalMs shorter.`,
            'profile.monitoring.budgetPeriodMs',
          ),
        ]
      : []),
    ...(windowMs % timings.sloIntervalMs === 0 && windowMs >= 2 * timings.sloIntervalMs
      ? []
      : [
          problem(
            'window-not-whole',
            `The shortest window of ${promDuration(windowMs)} is not two evaluations or more, and a whole number of them: some events would count more than others.`,
            'profile.monitoring.sloIntervalMs',
          ),
        ]),
  ];
}

function checkSlo({ id, objective }: Slo): readonly Problem[] {
  return [
    ...(/^[a-z-]+\/[a-z-]+$/.test(id) ? [] : [problem('id', `${id} is not called area/name.`, id)]),
    ...(objective > 0 && objective < 1
      ? []
      : [
          problem(
            'objective',
            `The objective ${objective} is not between 0 and 1: nothing may fail, or everything.`,
            id,
          ),
        ]),
  ];
}

function problem(code: string, summary: string, at: string): Problem {
  return { code, severity: 'error', summary, at };
}
