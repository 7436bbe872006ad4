import { plannedRateAt, type PlannedScenario } from '../../k6/lib/plan.ts';
import { DROPPED, type RequestKind, type RequestRecord } from '../evidence/request-record.ts';

interface DropOptions {
  readonly scenario: PlannedScenario;
  /** The number of dropped iterations, as reported by k6. */
  readonly count: number;
  /** Starts of the iterations that were not dropped, milliseconds since the epoch. */
  readonly starts: readonly number[];
  /** When the scenario's first iteration was due. */
  readonly beganMs: number;
  readonly endedMs: number;
  readonly target: string;
}

const KIND_OF: Readonly<Record<PlannedScenario['flow'], RequestKind>> = {
  browse: 'page',
  login: 'login',
  order: 'order',
};

/**
 * Failed records for iterations that k6 dropped. k6 reports their number, but not their times. Because arrivals have a planned rate, drops are where
 * arrivals are missing: they are distributed over the gaps, in proportion to the missing arrivals of each gap.
 */
export function recordDrops(options: DropOptions): readonly RequestRecord[] {
  const { scenario, target } = options;
  return dropTimes(options).map((startMs) => ({
    startMs,
    durationMs: 0,
    kind: KIND_OF[scenario.flow],
    ok: false,
    status: 0,
    error: DROPPED,
    connection: scenario.connection,
    target,
  }));
}

function dropTimes({ scenario, count, starts, beganMs, endedMs }: DropOptions): readonly number[] {
  if (count === 0) return [];
  const marks = [beganMs, ...starts.toSorted((a, b) => a - b), endedMs];
  const gaps = marks.slice(1).map((toMs, index) => {
    const fromMs = Math.min(marks[index] ?? beganMs, toMs);
    const perSecond = plannedRateAt(scenario, ((fromMs + toMs) / 2 - beganMs) / 1000);
    return { fromMs, toMs, missing: Math.max(0, ((toMs - fromMs) / 1000) * perSecond - 1) };
  });
  const total = gaps.reduce((sum, gap) => sum + gap.missing, 0);
  // Without any gap, the drops are spread over the whole time, so that they are not lost.
  const dealt = total > 0 ? gaps : [{ fromMs: beganMs, toMs: endedMs, missing: 1 }];
  const times: number[] = [];
  let owed = 0;
  for (const gap of dealt) {
    // The rounding error is carried to the next gap, so that the sum is exact.
    owed += (count * gap.missing) / (total > 0 ? total : 1);
    const here = Math.round(owed) - times.length;
    const step = (gap.toMs - gap.fromMs) / (here + 1);
    for (let index = 1; index <= here; index += 1) times.push(gap.fromMs + step * index);
  }
  return times;
}
