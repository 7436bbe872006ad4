import { expect, it } from 'vitest';
import { INHIBITIONS } from '../deploy/tiers/monitor/inhibitions.ts';
import { makeTopology } from '../deploy/model/topology.ts';
import { makeAlerts } from './alerts.ts';
import { checkInhibitions } from './check-inhibitions.ts';

const edge = (causes: readonly string[], symptoms: readonly string[], equal: readonly string[] = []) => ({
  ...{ causes, symptoms, equal },
  why: 'Because.',
});

it('the inhibition rules have no problems', () => {
  expect(checkInhibitions(INHIBITIONS)).toEqual([]);
});

it('alerts about user impact and lost redundancy are never inhibited', () => {
  const inhibited = new Set(INHIBITIONS.flatMap(({ symptoms }) => symptoms));
  const important = makeAlerts(makeTopology())
    .map(({ name }) => name)
    .filter((name) =>
      /^(HighErrorRate|.*BurnsFast|.*RedundancyLost|.*No(Writable)?Primary|VirtualAddress.*)$/.test(name),
    );
  expect(important.length).toBeGreaterThan(8);
  expect(important.filter((name) => inhibited.has(name))).toEqual([]);
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
])('finds %s', (code, inhibitions) => {
  expect(new Set(checkInhibitions(inhibitions).map((problem) => problem.code))).toEqual(new Set([code]));
});
