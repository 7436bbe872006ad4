import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { mostHosts } from './connection-budget.ts';
import { decideScale, type ScaleDecision } from './decide-scale.ts';
import { PERIOD_MS } from './forecast.ts';
import type { BalancerReading, Observation } from './observation.ts';
import { initialState } from './scaler-state.ts';
import { observe, openScaler, rateFor, SETTINGS, type Distort } from './testing.ts';

const started = (decisions: readonly ScaleDecision[]): readonly string[] => decisions.flatMap(({ start }) => start);
const drained = (decisions: readonly ScaleDecision[]): readonly string[] =>
  decisions.flatMap(({ drain }) => drain ?? []);
const lastOf = (decisions: readonly ScaleDecision[]): ScaleDecision => {
  const last = decisions.at(-1);
  if (last === undefined) throw new Error('no decision');
  return last;
};

/** Changes the reading of one load balancer. */
const reading =
  (balancer: 'lb1' | 'lb2', change: Partial<BalancerReading> | undefined): Distort =>
  (observation) => {
    const before = observation.balancers[balancer];
    const after = change === undefined || before === undefined ? undefined : { ...before, ...change };
    return { ...observation, balancers: { ...observation.balancers, [balancer]: after } };
  };
const given =
  (change: Partial<Observation>): Distort =>
  (observation) => ({ ...observation, ...change });

describe('scale-out', () => {
  it('starts all missing hosts at the first tick of a burst that both signals show', () => {
    const scaler = openScaler();
    scaler.run(rateFor(1.5), 120);
    const [first] = scaler.run(rateFor(4), 1, reading('lb1', { inFlight: 20 * SETTINGS.target.inFlight }));
    expect(first?.start).toEqual(['app3', 'app4', 'app5', 'app6']);
    expect(first?.reason).toMatch(/^The load of the last ticks needs \d\.\d hosts\.$/);
  });

  it('ignores one wrong value of one signal', () => {
    const scaler = openScaler();
    scaler.run(rateFor(1.5), 120);
    expect(started(scaler.run(rateFor(1.5), 1, reading('lb1', { requestRate: 1e9 })))).toEqual([]);
    expect(started(scaler.run(rateFor(1.5), 10))).toEqual([]);
    expect(started(scaler.run(rateFor(1.5), 1, reading('lb1', { inFlight: 1e9 })))).toEqual([]);
    expect(started(scaler.run(rateFor(1.5), 60))).toEqual([]);
  });

  it('follows requests in flight when the application becomes slower at the same rate', () => {
    const scaler = openScaler();
    scaler.run(rateFor(1.5), 120);
    const decisions = scaler.run(rateFor(1.5), 60, reading('lb1', { inFlight: 3 * SETTINGS.target.inFlight }));
    expect(started(decisions)).toEqual(['app3']);
  });

  it('also covers a need slightly above the tolerance, after a while', () => {
    const scaler = openScaler();
    expect(started(scaler.run(rateFor(2.15), 120))).toEqual([]);
    expect(started(scaler.run(rateFor(2.25), 120))).toEqual(['app3']);
  });

  it('adds no host for load while the database is saturated', () => {
    const scaler = openScaler();
    const decisions = scaler.run(rateFor(4), 30, given({ databaseSaturation: 0.9 }));
    expect(started(decisions)).toEqual([]);
    expect(lastOf(decisions).reason).toContain('No host is added, because the database is saturated: 90 %.');
  });

  it.each([undefined, NaN])('adds hosts when the saturation of the database is %s', (databaseSaturation) => {
    expect(started(openScaler().run(rateFor(4), 30, given({ databaseSaturation }))).length).toBeGreaterThan(0);
  });

  it('adds one host at a time when only the latency is above its limit and the hosts are busy', () => {
    const scaler = openScaler();
    expect(started(scaler.run(rateFor(1.9), 70, given({ latencyMs: 900 })))).toEqual(['app3']);
  });

  it('adds no host for latency while hosts are idle, because another tier causes it', () => {
    expect(started(openScaler().run(rateFor(0.5), 300, given({ latencyMs: 900 })))).toEqual([]);
  });
});

describe('the connection budget', () => {
  const settings = { ...SETTINGS, connections: { perHost: 32, serverLimit: 300, reserve: 160 } };

  it('refuses a host before it is started', () => {
    expect(mostHosts(settings.connections)).toBe(4);
    const scaler = openScaler({ settings });
    const decisions = scaler.run(rateFor(8), 30);
    expect(started(decisions)).toEqual(['app3', 'app4']);
    expect(lastOf(decisions)).toMatchObject({ desired: 4 });
    expect(lastOf(decisions).reason).toContain('The connection budget allows 4 hosts.');
  });

  it('counts hosts that run but are not in rotation', () => {
    const scaler = openScaler({ settings });
    const decisions = scaler.run(rateFor(8), 30, (observation) => ({
      ...observation,
      runningHosts: [...observation.runningHosts, 'app7', 'app8'],
    }));
    // app7 and app8 hold their connections already, so only they may be added.
    expect(started(decisions)).toEqual(['app7', 'app8']);
  });

  it('reports that no host can be added while a drained one still holds connections', () => {
    const decisions = openScaler({ settings }).run(
      rateFor(8),
      1,
      given({ runningHosts: ['app1', 'app2', 'app7', 'app8'], drainedHosts: ['app7', 'app8'] }),
    );
    expect(started(decisions)).toEqual([]);
    expect(lastOf(decisions).reason).toContain('allows no further host: 4 hold connections.');
  });
});

describe('scale-in', () => {
  it('drains one host at a time, the last slot first, and stops at the floor', () => {
    const scaler = openScaler({ hosts: 5 });
    scaler.run(rateFor(4.5), 120);
    const decisions = scaler.run(rateFor(0.2), 300);
    // The load fell to a level that was never there before, so the first minutes are frozen.
    expect(drained(decisions)).toEqual([]);
    expect(drained(scaler.run(rateFor(0.2), 900))).toEqual(['app5', 'app4', 'app3']);
    expect(scaler.up()).toEqual(['app1', 'app2']);
  });

  it('waits for the window, and pauses between two drains', () => {
    const scaler = openScaler({ hosts: 4 });
    const decisions = scaler.run(rateFor(1), 120);
    const times = decisions.flatMap(({ drain }, index) => (drain === undefined ? [] : [index]));
    const [first = 0, second = 0] = times;
    expect(first * SETTINGS.tickMs).toBeGreaterThanOrEqual(0.9 * SETTINGS.scaleInWindowMs - SETTINGS.tickMs);
    expect((second - first) * SETTINGS.tickMs).toBeGreaterThanOrEqual(SETTINGS.scaleInPauseMs);
    expect(decisions.every(({ desired }) => desired >= SETTINGS.floor)).toBe(true);
  });

  it.each<[string, Distort, string]>([
    ['a symptom alert fires', given({ symptomAlerts: ['HighErrorRate'] }), 'HighErrorRate is firing'],
    ['the alerts are unknown', given({ symptomAlerts: undefined }), 'firing alerts are unknown'],
    ['the latency is unknown', given({ latencyMs: undefined }), 'the latency is unknown'],
    ['the latency is no number', given({ latencyMs: NaN }), 'the latency is unknown'],
    ['the latency is above its limit', given({ latencyMs: 301 }), 'the latency is above its limit'],
    ['a load balancer does not answer', reading('lb2', undefined), 'lb2 has no valid answer'],
    ['a reading is stale', reading('lb2', { takenAtMs: 0 }), 'lb2 has no valid answer'],
    ['a reading is no number', reading('lb2', { inFlight: NaN }), 'lb2 has no valid answer'],
    ['a counter was reset', reading('lb2', { requestRate: -4_000 }), 'lb2 has no valid answer'],
    [
      'the load balancers disagree',
      reading('lb2', { up: ['app1', 'app2', 'app3'] }),
      'the load balancers disagree about app4',
    ],
  ])('is frozen while %s', (_, distort, reason) => {
    const scaler = openScaler({ hosts: 4 });
    const frozen = scaler.run(rateFor(1), 120, distort);
    expect(drained(frozen)).toEqual([]);
    expect(frozen.map((decision) => decision.reason).join('\n')).toContain(reason);
    expect(drained(scaler.run(rateFor(1), 120)).length).toBeGreaterThan(0);
  });

  it('is frozen while a host is lost, and another one replaces it', () => {
    const scaler = openScaler({ hosts: 4 });
    const lose: Distort = (observation) => {
      const { lb1, lb2 } = observation.balancers;
      const up = (lb1?.up ?? []).filter((host) => host !== 'app2');
      return reading('lb1', { up })(
        reading('lb2', { up: lb2?.up.filter((host) => host !== 'app2') ?? [] })({
          ...observation,
          lostHosts: ['app2'],
        }),
      );
    };
    const decisions = scaler.run(rateFor(1), 120, lose);
    expect(started(decisions)).toEqual(['app5']);
    expect(drained(decisions)).toEqual([]);
  });

  it("is not frozen by the autoscaler's own alerts", () => {
    const scaler = openScaler({ hosts: 4 });
    const distort = given({ symptomAlerts: ['AutoscalerAtCeiling'] });
    expect(drained(scaler.run(rateFor(1), 120, distort)).length).toBeGreaterThan(0);
  });

  it('does not follow from the time in which the active load balancer did not answer', () => {
    const scaler = openScaler({ hosts: 5 });
    scaler.run(rateFor(4.5), 120);
    // The other one has no traffic.
    scaler.run(rateFor(4.5), 120, reading('lb1', undefined));
    expect(drained(scaler.run(rateFor(4.5), 300))).toEqual([]);
    expect(scaler.state().fall).toBeUndefined();
    expect(Math.min(...scaler.state().levels.map(({ rateNeed }) => rateNeed))).toBeCloseTo(4.5, 6);
  });

  it('does not happen without metrics', () => {
    const scaler = openScaler({ hosts: 4 });
    const silent = given({ balancers: { lb1: undefined, lb2: undefined } });
    const decisions = scaler.run(rateFor(1), 300, silent);
    expect(decisions.map(({ desired }) => desired)).toEqual(decisions.map(() => 4));
    expect([started(decisions), drained(decisions)]).toEqual([[], []]);
    expect(lastOf(decisions).reason).toBe('No load balancer has a valid answer: nothing is changed.');
  });
});

describe('a sudden fall of traffic', () => {
  it('freezes scale-in until the traffic is back', () => {
    const scaler = openScaler({ hosts: 5 });
    scaler.run(rateFor(4.5), 600);
    expect(drained(scaler.run(rateFor(0.2), 600))).toEqual([]);
    const storm = scaler.run(rateFor(4.5), 600);
    expect([drained(storm), started(storm)]).toEqual([[], []]);
  });

  it('ends after its time', () => {
    const scaler = openScaler({ hosts: 5 });
    scaler.run(rateFor(4.5), 600);
    scaler.run(rateFor(0.2), SETTINGS.suddenFall.holdMs / 1_000);
    expect(drained(scaler.run(rateFor(0.2), 120)).length).toBeGreaterThan(0);
  });

  it('is not the end of a peak', () => {
    const scaler = openScaler();
    scaler.run(rateFor(1.2), 600);
    scaler.run(rateFor(5), 300);
    const decisions = scaler.run(rateFor(1.2), 120);
    expect(drained(decisions).length).toBeGreaterThan(1);
  });

  it('also freezes when a second outage follows the first', () => {
    const scaler = openScaler({ hosts: 5 });
    for (let outage = 0; outage < 3; outage += 1) {
      scaler.run(rateFor(4.5), 300);
      expect(drained(scaler.run(rateFor(0.2), 300))).toEqual([]);
    }
  });
});

describe('hosts', () => {
  it('that never become ready are stopped, and the next one is started', () => {
    const scaler = openScaler({ broken: ['app3'] });
    const decisions = scaler.run(rateFor(2.5), 300);
    expect(started(decisions)).toEqual(['app3', 'app4']);
    expect(decisions.flatMap(({ stop }) => stop)).toEqual(['app3']);
    expect(scaler.up()).toEqual(['app1', 'app2', 'app4']);
  });

  it('that failed to start are started again after a time', () => {
    const settings = { ...SETTINGS, slots: SETTINGS.slots.slice(0, 3), ceiling: 3, retryHostMs: 60_000 };
    const decisions = openScaler({ settings, broken: ['app3'] }).run(rateFor(3), 120);
    expect(started(decisions)).toEqual(['app3', 'app3']);
    expect(decisions.map(({ reason }) => reason).join('\n')).toContain('No standby host is left.');
  });

  it('that an operator drains are replaced, and the surplus is drained after their return', () => {
    const scaler = openScaler({ hosts: 3 });
    scaler.run(rateFor(2.5), 120);
    const drain: Distort = (observation) => {
      const without = (balancer: BalancerReading | undefined): BalancerReading | undefined =>
        balancer === undefined ? undefined : { ...balancer, up: balancer.up.filter((host) => host !== 'app1') };
      const { lb1, lb2 } = observation.balancers;
      return { ...observation, balancers: { lb1: without(lb1), lb2: without(lb2) }, drainedHosts: ['app1'] };
    };
    const during = scaler.run(rateFor(2.5), 120, drain);
    expect([started(during), drained(during)]).toEqual([['app4'], []]);
    const after = scaler.run(rateFor(2.5), 120);
    expect([started(after), drained(after)]).toEqual([[], ['app4']]);
  });

  it('are in service if every load balancer has them in rotation, and their load is the sum', () => {
    const scaler = openScaler();
    const share = (inFlight: number, requestRate: number): Distort => reading('lb2', { inFlight, requestRate });
    const decisions = scaler.run(rateFor(1), 5, share(2 * SETTINGS.target.inFlight, rateFor(2)));
    expect(decisions.flatMap(({ start }) => start).length).toBeGreaterThan(0);
  });

  it('that one load balancer has in rotation are never stopped', () => {
    const scaler = openScaler();
    const decisions = scaler.run(rateFor(1), 600, reading('lb2', { up: [] }));
    expect([drained(decisions), decisions.flatMap(({ stop }) => stop)]).toEqual([[], []]);
  });
});

describe('time', () => {
  const settings = {
    ...SETTINGS,
    schedules: [{ name: 'morning', cron: '0 8 * * *', timezone: 'UTC', forMinutes: 60, hosts: 6 }],
  };

  it('of the wall clock changes nothing but schedules and the forecast', () => {
    const decide = (stepMs: number): readonly ScaleDecision[] => {
      const scaler = openScaler({ hosts: 4 });
      const before = scaler.run(rateFor(3), 100);
      scaler.stepWall(stepMs);
      return [...before, ...scaler.run(rateFor(1), 100)];
    };
    expect(decide(-86_400_000)).toEqual(decide(0));
    expect(decide(400 * 86_400_000)).toEqual(decide(0));
  });

  it('of a schedule starts hosts, and its end lets the load decide', () => {
    const scaler = openScaler({ settings });
    scaler.stepWall(8 * 3_600_000 - 1_060_000);
    const decisions = scaler.run(rateFor(1), 120);
    expect(started(decisions)).toEqual(['app3', 'app4', 'app5', 'app6']);
    expect(decisions.map(({ reason }) => reason)).toContain('The schedule requires 6 hosts.');
    expect(drained(scaler.run(rateFor(1), 600))).toEqual([]);
    expect(drained(scaler.run(rateFor(1), 3_600))).toEqual(['app6', 'app5', 'app4', 'app3']);
  });

  it('of a forecast peak starts hosts before it, and a low forecast drains none', () => {
    const wallMs = Date.UTC(2026, 0, 5, 12);
    const decide = (rate: number): ScaleDecision => {
      const period = Math.floor(wallMs / PERIOD_MS);
      const history = new Map(
        [1, 2, 3].map((days) => [period - (days * 86_400_000) / PERIOD_MS, rateFor(rate)] as const),
      );
      return decideScale({
        ...{ settings: SETTINGS, state: initialState(3), history, now: { monotonicMs: 0, wallMs } },
        observation: observe(0, rateFor(2.5), ['app1', 'app2', 'app3']),
      });
    };
    expect(decide(5).start).toEqual(['app4', 'app5']);
    expect(decide(5).reason).toBe('The forecast requires 5 hosts.');
    expect(decide(0.1)).toMatchObject({ desired: 3, drain: undefined });
    expect(decide(50).desired).toBe(SETTINGS.ceiling);
  });
});

const anyValue = fc.oneof(fc.double({ min: 0, max: 4_000, noNaN: true }), fc.constantFrom(NaN, -1, Infinity, 1e12));
const anyHosts = fc.subarray([...SETTINGS.slots]);
const anyReading = fc.option(
  fc.record({ takenAtMs: fc.constantFrom(0, 1), inFlight: anyValue, requestRate: anyValue, up: anyHosts }),
  { nil: undefined },
);
/** Anything that a load balancer, an operator or a fault can cause; `takenAtMs` 0 is stale. */
const anyObservation = fc.record({
  balancers: fc.record({ lb1: anyReading, lb2: anyReading }),
  latencyMs: fc.option(anyValue, { nil: undefined }),
  databaseSaturation: fc.option(fc.double({ min: 0, max: 1 }), { nil: undefined }),
  symptomAlerts: fc.constantFrom(undefined, [], ['HighErrorRate']),
  lostHosts: fc.subarray(['app1', 'app2', 'app3']),
  drainedHosts: fc.subarray(['app1', 'app2', 'app4']),
  runningHosts: anyHosts,
});

it('for all observations, stays between the floor and the connection budget', () => {
  const connections = { perHost: 32, serverLimit: 300, reserve: 100 };
  const settings = { ...SETTINGS, connections };
  fc.assert(
    fc.property(fc.array(anyObservation, { maxLength: 60 }), fc.integer({ min: 2, max: 8 }), (observations, hosts) => {
      let state = initialState(hosts);
      observations.forEach((raw, index) => {
        const monotonicMs = (index + 1) * 1_000;
        const fresh = (one: BalancerReading | undefined): BalancerReading | undefined =>
          one?.takenAtMs === 1 ? { ...one, takenAtMs: monotonicMs } : one;
        const observation = { ...raw, balancers: { lb1: fresh(raw.balancers.lb1), lb2: fresh(raw.balancers.lb2) } };
        const { lb1, lb2 } = observation.balancers;
        const decision = decideScale({
          ...{ settings, observation, state, history: new Map() },
          now: { monotonicMs, wallMs: 0 },
        });
        expect(decision.desired).toBeGreaterThanOrEqual(SETTINGS.floor);
        expect(decision.desired).toBeLessThanOrEqual(mostHosts(connections));
        const known = new Set([...raw.runningHosts, ...(lb1?.up ?? []), ...(lb2?.up ?? [])]);
        const added = decision.start.filter((host) => !known.has(host));
        if (added.length > 0) {
          expect(raw.runningHosts.length + added.length).toBeLessThanOrEqual(mostHosts(connections));
        }
        if (decision.drain !== undefined) {
          const serving = (lb1?.up ?? []).filter((host) => lb2?.up.includes(host) === true && host !== decision.drain);
          expect(serving.length).toBeGreaterThanOrEqual(SETTINGS.floor);
        }
        expect(decision.start.some((host) => raw.drainedHosts.includes(host))).toBe(false);
        expect(decision.reason).toMatch(/[.]$/);
        state = decision.state;
      });
    }),
    { numRuns: 300 },
  );
});

it('for all noise of ± 4 %, however it is ordered, never changes the count in both directions', () => {
  fc.assert(
    fc.property(
      fc.double({ min: 1, max: 7, noNaN: true }),
      fc.array(fc.tuple(fc.double({ min: -0.04, max: 0.04, noNaN: true }), fc.integer({ min: 1, max: 90 })), {
        minLength: 5,
        maxLength: 20,
      }),
      (need, noise) => {
        const scaler = openScaler({ hosts: Math.max(2, Math.ceil(need)) });
        const counts = noise.flatMap(([share, seconds]) =>
          scaler.run(rateFor(need * (1 + share)), seconds).map(({ desired }) => desired),
        );
        const changes = counts.slice(1).map((count, index) => Math.sign(count - (counts[index] ?? count)));
        expect(changes.includes(1) && changes.includes(-1)).toBe(false);
      },
    ),
    { numRuns: 100 },
  );
});

/** The decision at the end of this load, in hosts per second, with four hosts in rotation all the time. */
function decideAfter(needs: readonly number[]): number {
  let state = initialState(4);
  let desired = 4;
  const up = SETTINGS.slots.slice(0, 4);
  needs.forEach((need, index) => {
    const monotonicMs = (index + 1) * 1_000;
    const decision = decideScale({
      ...{ settings: SETTINGS, history: new Map(), now: { monotonicMs, wallMs: 0 } },
      state: { ...state, desired: 4, starting: [], draining: [], lastInMs: undefined, lastOutMs: undefined },
      observation: observe(monotonicMs, rateFor(need), up),
    });
    ({ state, desired } = decision);
  });
  return desired;
}
const anyNeed = fc.double({ min: 0, max: 6, noNaN: true });
const anyLoad = fc
  .array(fc.tuple(anyNeed, fc.integer({ min: 1, max: 60 })), { minLength: 1, maxLength: 10 })
  .map((parts) => parts.flatMap(([need, seconds]) => Array.from({ length: seconds }, () => need)));

it('for all loads, a proportionally higher load never gives fewer hosts', () => {
  fc.assert(
    fc.property(anyLoad, fc.double({ min: 1, max: 3, noNaN: true }), (needs, factor) => {
      expect(decideAfter(needs.map((need) => need * factor))).toBeGreaterThanOrEqual(decideAfter(needs));
    }),
    { numRuns: 200 },
  );
});

it('for all loads that end with a burst, any load that is nowhere lower adds at least as many hosts', () => {
  const anyBurst = fc.double({ min: 5, max: 9, noNaN: true });
  fc.assert(
    fc.property(anyLoad, anyBurst, fc.array(anyNeed, { minLength: 1, maxLength: 20 }), (before, burst, more) => {
      const needs = [...before, burst, burst, burst];
      const higher = needs.map((need, index) => need + (more[index % more.length] ?? 0));
      const count = decideAfter(needs);
      expect(count).toBeGreaterThan(4);
      expect(decideAfter(higher)).toBeGreaterThanOrEqual(count);
    }),
    { numRuns: 100 },
  );
});
