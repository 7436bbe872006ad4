import { LoadLog } from '../evidence/load-log.ts';
import type { PlannedScenario } from '../../k6/lib/plan.ts';

/** A line as the suites write it. */
export function requestLine(change: Readonly<Record<string, unknown>> = {}): string {
  const line = {
    ...{ event: 'request', scenario: 'browse-new', iteration: 0, startMs: 1_000_000, durationMs: 12.345, kind: 'page' },
    ...{ ok: true, status: 200, connection: 'new', target: 'virtual-address' },
    ...change,
  };
  return JSON.stringify(line);
}

/** A log with one request per start, of one scenario. */
export function logOf(scenario: PlannedScenario, starts: readonly number[]): LoadLog {
  const log = new LoadLog();
  for (const [iteration, startMs] of starts.entries()) {
    log.add(requestLine({ scenario: scenario.name, iteration, startMs, durationMs: 5 }));
  }
  return log;
}
