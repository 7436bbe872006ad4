import { expect, it } from 'vitest';
import { TIER_NAMES } from '../deploy/model/topology.ts';
import { ALERTS } from './names.ts';
import { plannedSilences } from './planned-work.ts';
import { matchersOf } from './silences/subject.ts';

it.each(TIER_NAMES)('planned work on a host of %s silences its own outage only', (tier) => {
  const subjects = plannedSilences({ name: 'host1', tier });
  for (const subject of subjects) {
    const matchers = matchersOf(subject);
    const names = matchers.find(({ name }) => name === 'alertname')?.value.split('|') ?? [];
    expect(names.length).toBeGreaterThan(0);
    const hasHost = matchers.some(({ name, value }) => name === 'host' && value === 'host1');
    // Without the mail host, the notifiers of both monitors fail: that is one outage, seen from two hosts.
    if (tier === 'mail' && names.includes('NotificationsFailing')) continue;
    // An alert about hosts must name the host, or the silence would hide the loss of another one.
    for (const name of names) {
      const scope = (ALERTS as Readonly<Record<string, string>>)[name];
      expect([name, scope === 'host' || scope === 'target']).toEqual([name, hasHost]);
    }
  }
});

it('planned work on an application host silences that it flaps, because a release that returns replaces it several times', () => {
  const [own] = plannedSilences({ name: 'app1', tier: 'app' });
  expect(own).toEqual({ kind: 'alerts', names: ['AppHostLost', 'ServerFlapping'], host: 'app1' });
});

it('planned work never hides that the database has no primary', () => {
  const names = plannedSilences({ name: 'db1', tier: 'db' }).flatMap((subject) =>
    subject.kind === 'alerts' ? subject.names : [],
  );
  expect(names).toEqual(['DatabaseNodeLost', 'DatabaseRedundancyLost']);
});
