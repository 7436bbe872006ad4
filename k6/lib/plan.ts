/**
 * The planned requests of a load suite, as data. The scripts create k6 scenarios from it, and the evaluation of the results compares
 * sent with planned requests. Nothing here depends on k6.
 */
export type Flow = 'browse' | 'login' | 'order';

export interface PlannedScenario {
  /** `browse-new`, `order-kept` …: the flow and how it connects. */
  readonly name: string;
  readonly flow: Flow;
  readonly connection: 'new' | 'kept';
  readonly startsAfterMs: number;
  readonly stages: readonly Stage[];
  /** Preallocated virtual users: the number of iterations that may be in flight before one is dropped. */
  readonly users: number;
}

/** The arrival rate changes linearly from one value to another. */
export interface Stage {
  readonly seconds: number;
  readonly fromPerSecond: number;
  readonly toPerSecond: number;
}

/** Timeouts for a response; orders may take the application's whole write budget (10 s). */
export const TIMEOUT_SECONDS = { read: 5, login: 5, order: 12 } as const;

/** Maximum duration of the suite `smoke`. */
export const SMOKE_MAX_SECONDS = 300;

/** Every third order is read back at once by the session that placed it. */
export const ORDERS_PER_OWN_READ = 3;

interface Share {
  readonly flow: Flow;
  /** Iterations per planned request; an order iteration sends 1 ⅓ requests. */
  readonly share: number;
  /** Duration that iterations may take without a dropped iteration. */
  readonly holdSeconds: number;
}

/**
 * The number of virtual users is limited, because each uses half a MiB. Reads that stall longer than this exceed every budget, so a dropped read rightly
 * counts as failed. Orders may wait for a failover of the database: their whole timeout and a little more.
 */
const READ_HOLD_SECONDS = 2.5;

/** 80 % reads, 4 % logins and 12 % orders, as is typical for shops. A read follows every third order, which is the remaining 4 %. */
const SHARES: readonly Share[] = [
  { flow: 'browse', share: 0.8, holdSeconds: READ_HOLD_SECONDS },
  { flow: 'login', share: 0.04, holdSeconds: READ_HOLD_SECONDS },
  { flow: 'order', share: 0.12, holdSeconds: TIMEOUT_SECONDS.order + 2 },
];

export interface PlanOptions {
  /** All requests per second. */
  readonly rate: number;
  readonly seconds: number;
}

/** Time in which `steady` reaches its rate, because visitors do not all arrive in the same second. */
export const WARM_UP_SECONDS = 5;

/** A constant rate, after {@link WARM_UP_SECONDS} in which it increases. */
export function planSteady(options: PlanOptions): readonly PlannedScenario[] {
  return planMix(options.rate, [
    { seconds: WARM_UP_SECONDS, from: 0.1, to: 1 },
    { seconds: options.seconds, from: 1, to: 1 },
  ]);
}

/** From a tenth of the rate to all of it in 60 % of the time, all of it for 30 %, and down again. */
export function planRamp(options: PlanOptions): readonly PlannedScenario[] {
  const { rate, seconds } = options;
  return planMix(rate, [
    { seconds: Math.max(1, Math.round(seconds * 0.6)), from: 0.1, to: 1 },
    { seconds: Math.max(1, Math.round(seconds * 0.3)), from: 1, to: 1 },
    { seconds: Math.max(1, Math.round(seconds * 0.1)), from: 1, to: 0.1 },
  ]);
}

interface RelativeStage {
  readonly seconds: number;
  readonly from: number;
  readonly to: number;
}

function planMix(rate: number, shape: readonly RelativeStage[]): readonly PlannedScenario[] {
  const scenarios = SHARES.flatMap((share) =>
    (['new', 'kept'] as const).map((connection) => {
      // As different clients do, half of every flow opens a new connection for each request, and half reuses connections.
      const perSecond = (rate * share.share) / 2;
      return {
        name: `${share.flow}-${connection}`,
        flow: share.flow,
        connection,
        stages: shape.map((stage) => ({
          seconds: stage.seconds,
          fromPerSecond: perSecond * stage.from,
          toPerSecond: perSecond * stage.to,
        })),
        users: Math.ceil(perSecond * share.holdSeconds) + 2,
      };
    }),
  );
  // Scenarios that start together would send together. With offsets of a few milliseconds, the outage judge has a higher time resolution.
  return scenarios.map((scenario, index) => ({ ...scenario, startsAfterMs: index * 3 }));
}

/** Planned arrivals per second at a time after the scenario's start. */
export function plannedRateAt(scenario: PlannedScenario, seconds: number): number {
  let passed = 0;
  for (const stage of scenario.stages) {
    if (seconds < passed + stage.seconds) {
      const part = Math.max(0, seconds - passed) / stage.seconds;
      return stage.fromPerSecond + (stage.toPerSecond - stage.fromPerSecond) * part;
    }
    passed += stage.seconds;
  }
  return scenario.stages.at(-1)?.toPerSecond ?? 0;
}

/** Planned arrivals from the scenario's start until a time after it. */
export function plannedArrivals(scenario: PlannedScenario, untilSeconds: number): number {
  let passed = 0;
  let arrivals = 0;
  for (const stage of scenario.stages) {
    const here = Math.min(stage.seconds, Math.max(0, untilSeconds - passed));
    const slope = (stage.toPerSecond - stage.fromPerSecond) / stage.seconds;
    arrivals += stage.fromPerSecond * here + (slope * here * here) / 2;
    passed += stage.seconds;
  }
  return arrivals;
}

/** Duration of a plan. */
export function planSeconds(scenarios: readonly PlannedScenario[]): number {
  return Math.max(0, ...scenarios.map((scenario) => scenario.stages.reduce((sum, stage) => sum + stage.seconds, 0)));
}
