import type { Options } from 'k6/options';
import { TIMEOUT_SECONDS, type PlannedScenario } from './plan.ts';

/** k6 takes whole arrivals per `timeUnit`: per minute, a rate of 10.5/s is kept exactly. */
const UNIT_SECONDS = 60;

/** Iterations in flight at the end may finish. The longest is an order and the read of it. */
const GRACEFUL_STOP = `${TIMEOUT_SECONDS.order + TIMEOUT_SECONDS.read + 1}s`;

/** The options of all suites. */
export const COMMON_OPTIONS: Options = {
  // Bodies are kept only for the requests that check them.
  discardResponseBodies: true,
  // Every additional tag multiplies the time series that k6 holds in memory.
  systemTags: ['scenario'],
  setupTimeout: '60s',
  userAgent: 'holdfast-load',
};

/** k6 options of a plan. The always-true thresholds make k6 count dropped iterations by scenario in its summary. */
export function optionsOf(plan: readonly PlannedScenario[]) {
  return {
    ...COMMON_OPTIONS,
    // eslint-disable-next-line @typescript-eslint/no-unsafe-class-instance-assignment -- k6's types call these plain objects classes
    scenarios: Object.fromEntries(plan.map((scenario) => [scenario.name, scenarioOf(scenario)])),
    thresholds: Object.fromEntries(
      plan.map((scenario) => [`dropped_iterations{scenario:${scenario.name}}`, ['count>=0']]),
    ),
  } satisfies Options;
}

function scenarioOf(planned: PlannedScenario) {
  const common = {
    exec: planned.flow,
    startTime: `${planned.startsAfterMs}ms`,
    timeUnit: `${UNIT_SECONDS}s`,
    preAllocatedVUs: planned.users,
    maxVUs: planned.users,
    gracefulStop: GRACEFUL_STOP,
  };
  const [first] = planned.stages;
  if (first === undefined) throw new Error(`the scenario ${planned.name} has no stage`);
  if (planned.stages.length === 1 && first.fromPerSecond === first.toPerSecond) {
    return {
      ...common,
      executor: 'constant-arrival-rate' as const,
      rate: perUnit(first.toPerSecond),
      duration: `${first.seconds}s`,
    };
  }
  return {
    ...common,
    executor: 'ramping-arrival-rate' as const,
    startRate: perUnit(first.fromPerSecond),
    stages: planned.stages.map((stage) => ({ target: perUnit(stage.toPerSecond), duration: `${stage.seconds}s` })),
  };
}

function perUnit(perSecond: number): number {
  return Math.max(1, Math.round(perSecond * UNIT_SECONDS));
}
