import { describe, expect, it } from 'vitest';
import { normaliseReplicas, recommendReplicas, type HpaLimits, type HpaState, type ReplicaInput } from './hpa.ts';

/** The figures are those of `replica_calculator_test.go` of Kubernetes. */
describe('the recommended replicas', () => {
  it.each<[string, ReplicaInput, number]>([
    ['grow with utilisation', { current: 3, values: [0.3, 0.5, 0.7], target: 0.3 }, 5],
    ['grow with a metric per pod', { current: 3, values: [20, 10, 30], target: 15 }, 4],
    ['grow to six', { current: 3, values: [50, 10, 30], target: 15 }, 6],
    ['shrink with utilisation', { current: 5, values: [0.1, 0.3, 0.5, 0.25, 0.25], target: 0.5 }, 3],
    ['shrink with a metric per pod', { current: 5, values: [12, 12, 12, 12, 12], target: 20 }, 3],
    ['stay within the tolerance', { current: 3, values: [20, 21, 21], target: 20 }, 3],
    ['grow less while a pod is not ready', { current: 3, values: [0.5, 0.7], unready: 1, target: 0.3 }, 4],
    ['stay while two pods are not ready', { current: 3, values: [0.4], unready: 2, target: 0.3 }, 3],
    ['shrink without pods that are not ready', { current: 5, values: [0.1, 0.3, 0.5], unready: 2, target: 0.5 }, 2],
    [
      'stay if a missing metric could explain the change',
      { current: 2, values: [1.9], missing: 1, target: 1, full: 1 },
      2,
    ],
    ['stay at a low value with a missing metric', { current: 2, values: [0.6], missing: 1, target: 1, full: 1 }, 2],
    ['grow despite a missing metric', { current: 3, values: [2], missing: 1, unready: 1, target: 0.5, full: 1 }, 4],
  ])('%s', (_, input, replicas) => {
    expect(recommendReplicas(input)).toBe(replicas);
  });
});

/** Runs one decision per period, and returns the replica counts. */
function replicasOf(
  recommendations: readonly number[],
  {
    from,
    periodSeconds,
    limits,
  }: { readonly from: number; readonly periodSeconds: number; readonly limits: HpaLimits },
): readonly number[] {
  let state: HpaState = { recommendations: [], added: [] };
  let current = from;
  return recommendations.map((recommended, index) => {
    const decided = normaliseReplicas(state, { current, recommended, atSecond: index * periodSeconds }, limits);
    ({ state } = decided);
    current = decided.desired;
    return current;
  });
}

describe('the replica count', () => {
  const unlimited = { least: 1, most: 10_000 };

  it('may double or grow by four per 15 s by default', () => {
    const counts = replicasOf([1_000, 1_000, 1_000, 1_000], { from: 1, periodSeconds: 15, limits: unlimited });
    expect(counts).toEqual([5, 10, 20, 40]);
  });

  it('is the highest recommendation of the last 300 s when it shrinks', () => {
    const recommendations = [10, ...Array.from({ length: 25 }, () => 4)];
    const counts = replicasOf(recommendations, { from: 10, periodSeconds: 15, limits: unlimited });
    expect(counts.findIndex((count) => count < 10) * 15).toBe(300);
    expect(counts.at(-1)).toBe(4);
  });

  it('stays within minimum and maximum', () => {
    expect(replicasOf([100], { from: 6, periodSeconds: 15, limits: { least: 2, most: 8 } })).toEqual([8]);
    expect(replicasOf([0], { from: 2, periodSeconds: 15, limits: { least: 2, most: 8 } })).toEqual([2]);
  });

  // KEP-853, stories 1, 3 and 5.
  it('grows tenfold per minute with a policy of 900 %', () => {
    const limits = { ...unlimited, scaleUp: { hosts: 0, ratio: 9, periodSeconds: 60 } };
    expect(replicasOf([1_000, 1_000, 1_000], { from: 1, periodSeconds: 60, limits })).toEqual([10, 100, 1_000]);
  });

  it('grows by one per five minutes with a policy of one pod', () => {
    const limits = { ...unlimited, scaleUp: { hosts: 1, ratio: 0, periodSeconds: 300 } };
    expect(replicasOf([9, 9, 9], { from: 1, periodSeconds: 300, limits })).toEqual([2, 3, 4]);
  });

  it('follows the highest of ten recommendations with a window of ten minutes', () => {
    const limits = { ...unlimited, scaleDownWindowSeconds: 600, scaleDownHosts: 5 };
    const recommendations = [10, 9, 8, 9, 9, 8, 9, 8, 9, 8, 7];
    const counts = replicasOf(recommendations, { from: 10, periodSeconds: 60, limits });
    expect(counts.slice(-2)).toEqual([10, 9]);
  });
});
