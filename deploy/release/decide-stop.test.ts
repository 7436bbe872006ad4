import { describe, expect, it } from 'vitest';
import { decideStop, describeConfidence, type RolloutView } from './decide-stop.ts';

const GOOD: RolloutView = {
  hosts: [{ name: 'app1', sinceMs: 5_000, isHealthy: true, wasHealthy: true }],
  after: { requests: 500, failures: 0 },
  before: { requests: 1_000, failures: 0 },
  burning: [],
  countersAgeMs: 500,
  alertsAgeMs: 500,
};
const LIMITS = { readyMs: 20_000 };
const host = (change: object): Partial<RolloutView> => ({ hosts: GOOD.hosts.map((one) => ({ ...one, ...change })) });

describe('a rollout continues', () => {
  it.each<[string, Partial<RolloutView>]>([
    ['while nothing is wrong', {}],
    ['while a host starts', host({ isHealthy: false, wasHealthy: false })],
    ['without requests', { after: { requests: 0, failures: 0 }, before: { requests: 0, failures: 0 } }],
    ['with two failures', { after: { requests: 20, failures: 2 } }],
    ['with 1 % of failures', { after: { requests: 500, failures: 5 } }],
    [
      'if both releases fail alike',
      { after: { requests: 500, failures: 100 }, before: { requests: 1_000, failures: 110 } },
    ],
  ])('%s', (_what, change) => {
    expect(decideStop({ ...GOOD, ...change }, LIMITS)).toBeUndefined();
  });
});

describe('a rollout stops', () => {
  it.each<[string, Partial<RolloutView>, string]>([
    [
      'if a host is not ready in time',
      host({ isHealthy: false, wasHealthy: false, sinceMs: 20_001 }),
      'app1 was not ready within 20 s',
    ],
    ['if a host becomes unhealthy', host({ isHealthy: false }), 'app1 became unhealthy'],
    [
      'if 2 % of its requests fail',
      { after: { requests: 400, failures: 8 } },
      '2.0 % of requests failed, 8 of 400, above 1 % (release before: 0.0 % of requests failed, 0 of 1000)',
    ],
    [
      'if it fails more than twice as often as the release before',
      { after: { requests: 500, failures: 100 }, before: { requests: 1_000, failures: 90 } },
      '20.0 % of requests failed, 100 of 500, above 1 % (release before: 9.0 % of requests failed, 90 of 1000)',
    ],
    ['if an error budget burns', { burning: ['AvailabilityBudgetBurnsFast'] }, 'AvailabilityBudgetBurnsFast fires'],
    ['without counters', { countersAgeMs: 15_001 }, 'no load balancer has reported its counters for 15 s'],
    ['without alerts', { alertsAgeMs: 15_001 }, 'no monitor has reported its alerts for 15 s'],
  ])('%s', (_what, change, reason) => {
    expect(decideStop({ ...GOOD, ...change }, LIMITS)).toBe(reason);
  });
});

it.each([
  [{ requests: 0, failures: 0 }, 'no request reached it, so its errors are unknown'],
  [{ requests: 300, failures: 0 }, '0 of 300 requests failed: below 0.99 % with 95 % confidence'],
  [{ requests: 29, failures: 0 }, '0 of 29 requests failed: below 9.8 % with 95 % confidence, too few to notice 1 %'],
  [{ requests: 300, failures: 2 }, '2 of 300 requests failed'],
])('%j is reported as "%s"', (counts, text) => {
  expect(describeConfidence(counts)).toBe(text);
});
