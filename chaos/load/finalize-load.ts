import { planSeconds, plannedArrivals, TIMEOUT_SECONDS, type PlannedScenario } from '../../k6/lib/plan.ts';
import type { LoadLog } from '../evidence/load-log.ts';
import type { RequestRecord } from '../evidence/request-record.ts';
import { recordDrops } from './drops.ts';
import type { K6Summary } from './k6-summary.ts';
import type { LoadTarget } from './load-run.ts';

/** The data of a load that has ended. */
export interface EndedLoad {
  readonly log: LoadLog;
  /** The text after the last line end of the log. */
  readonly rest: string;
  readonly plan: readonly PlannedScenario[];
  readonly targets: readonly LoadTarget[];
  readonly summary: K6Summary | undefined;
  readonly exitCode: number;
  /** Whether its starter stopped it early. */
  readonly stopped: boolean;
  /** When its container ended, or when its stop was requested, milliseconds since the epoch. */
  readonly endedMs: number;
}

interface FinalizedLoad {
  readonly records: readonly RequestRecord[];
  readonly dropped: number;
  readonly completeUntilMs: number;
  readonly problems: readonly string[];
}

/** k6's exit code after a signal, as after a stop. Others: 0 after a complete run; 99 after a failed threshold, but ours never fail. */
const STOPPED_BY_SIGNAL = 105;

/** k6's error of requests that are in flight when it is stopped. The stack did not cause it. Timeouts have another error. */
const CANCELLED = 'context canceled';

/** Minimum share of the planned arrivals that were sent or dropped. */
const MIN_ACCOUNTED = 0.97;

/** Finalizes the results of a load: adds records for dropped iterations, and collects the validity problems. */
export function finalizeLoad(load: EndedLoad): FinalizedLoad {
  const { log, plan, summary } = load;
  const beganMs = log.records.reduce((first, record) => Math.min(first, record.startMs), load.endedMs);
  const drops = plan.flatMap((scenario) =>
    recordDrops({
      scenario,
      count: summary?.dropped.get(scenario.name) ?? 0,
      starts: log.startsOf(scenario.name),
      beganMs,
      endedMs: endOf(load, beganMs),
      target: load.targets[0]?.name ?? 'unknown',
    }),
  );
  return {
    records: [...log.records.filter((record) => !load.stopped || record.error !== CANCELLED), ...drops],
    dropped: drops.length,
    completeUntilMs: completeUntil(load),
    problems: [...log.problems, ...checkEnd(load), ...checkCount(load), ...checkRate(load, beganMs)],
  };
}

function endOf(load: EndedLoad, beganMs: number): number {
  return Math.min(load.endedMs, beganMs + planSeconds(load.plan) * 1000);
}

/** Every request that began before this has its record. After a stop, in-flight reads may have no record, and in-flight orders have none. */
function completeUntil(load: EndedLoad): number {
  if (!load.stopped) return load.endedMs;
  return Math.min(load.endedMs - TIMEOUT_SECONDS.read * 1000, ...load.log.unfinished);
}

function checkEnd(load: EndedLoad): readonly string[] {
  const problems: string[] = [];
  const expected = load.exitCode === 0 || (load.stopped && load.exitCode === STOPPED_BY_SIGNAL);
  if (!expected) problems.push(`k6 ended with exit code ${load.exitCode}`);
  if (load.rest !== '') problems.push('the last record is cut off');
  if (!load.stopped && load.log.unfinished.length > 0) {
    problems.push(`${load.log.unfinished.length} orders have no end`);
  }
  if (load.log.records.length === 0) problems.push('not one request was recorded');
  return problems;
}

/** k6 counts the lines that it writes. If fewer lines were read, evidence is lost. */
function checkCount({ log, summary, stopped }: EndedLoad): readonly string[] {
  if (summary === undefined) return ['k6 wrote no summary: the number of dropped requests is unknown'];
  const missing = summary.written - log.lines;
  // k6 no longer counts lines that it writes while it stops.
  return missing === 0 || (stopped && missing < 0)
    ? []
    : [`k6 wrote ${summary.written} records, ${log.lines} were read`];
}

function checkRate(load: EndedLoad, beganMs: number): readonly string[] {
  const seconds = (endOf(load, beganMs) - beganMs) / 1000;
  return load.plan.flatMap((scenario) => {
    const planned = plannedArrivals(scenario, seconds);
    const sent = load.log.startsOf(scenario.name).length;
    const accounted = sent + (load.summary?.dropped.get(scenario.name) ?? 0);
    // A stop interrupts in-flight iterations; in a short load, one arrival is a large share.
    const slack = load.stopped ? scenario.users : 2;
    if (accounted + slack >= planned * MIN_ACCOUNTED) return [];
    return [
      `${scenario.name}: ${Math.round(planned)} arrivals were planned, ${accounted} happened: the rate was not kept`,
    ];
  });
}
