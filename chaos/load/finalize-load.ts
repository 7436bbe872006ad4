import { planSeconds, plannedArrivals, TIMEOUT_SECONDS, type PlannedScenario } from '../../k6/lib/plan.ts';
import type { LoadLog } from '../evidence/load-log.ts';
import type { RequestRecord } from '../evidence/request-record.ts';
import { recordDrops } from './drops.ts';
import type { K6Summary } from './k6-summary.ts';
import type { LoadTarget } from './load-run.ts';

/** Everything known of a load that has ended. */
export interface EndedLoad {
  readonly log: LoadLog;
  /** The end of the log's file, when it is not an end of line. */
  readonly rest: string;
  readonly plan: readonly PlannedScenario[];
  readonly targets: readonly LoadTarget[];
  readonly summary: K6Summary | undefined;
  readonly exitCode: number;
  /** Whether it was ended early by whoever started it. */
  readonly stopped: boolean;
  /** When its container was gone, or was told to go, milliseconds since the epoch. */
  readonly endedMs: number;
}

interface ClosedLoad {
  readonly records: readonly RequestRecord[];
  readonly dropped: number;
  readonly completeUntilMs: number;
  readonly problems: readonly string[];
}

/** 0: ran through; 99: a threshold, none of which is ours; 105: ended by a signal, as a stop does. */
const STOPPED_BY_SIGNAL = 105;

/** How k6 ends requests that are on their way when it is stopped: that is no fault of the stack. Never a timeout's name. */
const CANCELLED = 'context canceled';

/** The share of the planned arrivals that must be accounted for, sent or dropped. */
const MIN_ACCOUNTED = 0.97;

/** Closes the books of a load: adds records for what was dropped, and says everything that is doubtful about the rest. */
export function closeLoad(load: EndedLoad): ClosedLoad {
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

/** Every request that began before this has its record. After a stop, reads on their way may be missing, and orders are. */
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

/** k6 counts the lines as they are written: fewer read than written is lost evidence. */
function checkCount({ log, summary, stopped }: EndedLoad): readonly string[] {
  if (summary === undefined) return ['k6 left no summary: whether requests were dropped is not known'];
  const missing = summary.written - log.lines;
  // What is written while k6 is being stopped is no longer counted.
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
    // A stop cuts off iterations on their way; of a short load, one arrival is a large share.
    const slack = load.stopped ? scenario.users : 2;
    if (accounted + slack >= planned * MIN_ACCOUNTED) return [];
    return [
      `${scenario.name}: ${Math.round(planned)} arrivals were planned, ${accounted} happened: the rate was not kept`,
    ];
  });
}
