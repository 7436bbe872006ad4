import { expect, it } from 'vitest';
import { INHIBITIONS } from '../deploy/tiers/monitor/inhibitions.ts';
import { makeTopology } from '../deploy/model/topology.ts';
import { makeAlerts } from './alerts.ts';
import { checkInhibitions } from './check-inhibitions.ts';

const edge = (causes: readonly string[], symptoms: readonly string[], equal: readonly string[] = []) => ({
  ...{ causes, symptoms, equal },
  why: 'Because.',
});

it('what mutes what is in order', () => {
  expect(checkInhibitions(INHIBITIONS)).toEqual([]);
});

it('what users feel and lost redundancy are never muted', () => {
  const muted = new Set(INHIBITIONS.flatMap(({ symptoms }) => symptoms));
  const told = makeAlerts(makeTopology())
    .map(({ name }) => name)
    .filter((name) =>
      /^(HighErrorRate|.*BurnsFast|.*RedundancyLost|.*No(Writable)?Primary|VirtualAddress.*)$/.test(name),
    );
  expect(told.length).toBeGreaterThan(8);
  expect(told.filter((name) => muted.has(name))).toEqual([]);
});

it.each([
  ['unknown-alert', [edge(['AppHostGone'], ['TargetDown'])]],
  ['mutes-itself', [edge(['TargetDown'], ['TargetDown'], ['host'])]],
  ['unknown-label', [edge(['CacheNoPrimary'], ['CacheCircuitOpen'], ['host'])]],
  [
    'cycle',
    [
      edge(['AppHostLost'], ['TargetDown']),
      edge(['TargetDown'], ['MonitorLost']),
      edge(['MonitorLost'], ['AppHostLost']),
    ],
  ],
])('tells %s', (code, inhibitions) => {
  expect(new Set(checkInhibitions(inhibitions).map((problem) => problem.code))).toEqual(new Set([code]));
});
