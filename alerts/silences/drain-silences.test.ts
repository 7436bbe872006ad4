import { describe, expect, it } from 'vitest';
import { makeTopology } from '../../deploy/model/topology.ts';
import type { Drain } from '../../kit/operations.ts';
import { addSilence } from './add-silence.ts';
import { reconcileDrainSilences, silencesOfDrains } from './drain-silences.ts';
import { fakeMembers } from './fake-members.ts';
import { currentSilences, readSilences } from './read-silences.ts';
import type { Silence } from './silence.ts';

const MINUTE = 60_000;
const topology = makeTopology();

const drained = (host: string, minutes?: number, kind: Drain['kind'] = 'operator'): Drain => ({
  ...{ host, by: 'anna', reason: 'new disk', since: new Date().toISOString(), kind },
  ...(minutes === undefined ? {} : { until: new Date(Date.now() + minutes * MINUTE).toISOString() }),
});

describe('drains need', () => {
  const alertsOf = (drains: readonly Drain[], within = topology): readonly string[] =>
    silencesOfDrains(within, drains, Date.now()).map(
      ({ matchers, endsAtMs }) => `${matchers[0]?.value ?? ''} ${Math.round((endsAtMs - Date.now()) / MINUTE)}`,
    );

  it.each([
    ['no drain', [], []],
    ['one of two web hosts', [drained('web1', 30)], ['WebRedundancyLost 30']],
    ['both web hosts, until the later end', [drained('web1', 30), drained('web2', 60)], ['WebRedundancyLost 60']],
    ['two tiers', [drained('web1', 30), drained('app2', 20)], ['WebRedundancyLost 30', 'AppRedundancyLost 20']],
    ['an edge, whose HAProxy does not run meanwhile', [drained('edge1', 30)], ['EdgeLost 30']],
    ['a drain past its planned end', [drained('web1', -1)], []],
    ['a drain without a planned end', [drained('web1')], []],
    ['a drain of a change', [drained('web1', 30, 'change')], []],
    ['a database node, whose group stays redundant', [drained('db3', 30)], []],
  ])('for %s', (_title, drains, silences) => {
    expect(alertsOf(drains)).toEqual(silences);
  });

  it('nothing while two other hosts serve: the loss of one more is a fault', () => {
    const three = makeTopology({ appHosts: 3 });
    expect(alertsOf([drained('app1', 30)], three)).toEqual([]);
    expect(alertsOf([drained('app1', 30), drained('app2', 30)], three)).toEqual(['AppRedundancyLost 30']);
  });
});

describe('the silences of drains', () => {
  const { members, down } = fakeMembers(['mon1', 'mon2']);
  const current = async (): Promise<readonly Silence[]> => currentSilences(await readSilences(members));
  const reconcile = (...drains: readonly Drain[]): Promise<void> =>
    reconcileDrainSilences(members, silencesOfDrains(topology, drains, Date.now()), 10_000);
  const minutesLeft = (silences: readonly Silence[]): readonly number[] =>
    silences.map(({ endsAt }) => Math.round((Date.parse(endsAt) - Date.now()) / MINUTE));

  it('are created once, follow another planned end, and end soon after the drain', async () => {
    await reconcile(drained('web1', 30));
    await reconcile(drained('web1', 30));
    const [first, ...more] = await current();
    expect(more).toEqual([]);
    expect(first).toMatchObject({ createdBy: 'holdfast drain', comment: 'web1 is drained: new disk' });
    await reconcile(drained('web1', 60));
    expect(minutesLeft(await current())).toEqual([60]);
    await reconcile(drained('web1', 5));
    expect(minutesLeft(await current())).toEqual([5]);
    await reconcile();
    const [last] = await current();
    expect(last?.id).toBe(first?.id);
    const leftMs = Date.parse(last?.endsAt ?? '') - Date.now();
    expect(leftMs).toBeGreaterThan(0);
    expect(leftMs).toBeLessThanOrEqual(10_000);
    await reconcile();
    expect((await current())[0]?.endsAt).toBe(last?.endsAt);
  });

  it('are other ones than those of people and changes', async () => {
    const subject = { kind: 'alerts', names: ['WebRedundancyLost'], host: undefined } as const;
    const { id } = await addSilence(members, { subject, forMs: 5 * MINUTE, reason: 'restart web2', by: 'change' });
    await reconcile(drained('web1', 30));
    expect(minutesLeft(await current())).toEqual([5, 30]);
    await reconcile();
    expect((await current()).some((one) => one.id === id)).toBe(true);
  });

  it('are created while one Alertmanager is down', async () => {
    down.add('mon1');
    await reconcile(drained('app1', 30));
    down.clear();
    expect((await current()).map(({ matchers }) => matchers[0]?.value)).toContain('AppRedundancyLost');
  });

  it('cannot be created without an Alertmanager', async () => {
    for (const name of ['mon1', 'mon2']) down.add(name);
    await expect(reconcile(drained('app1', 30))).rejects.toMatchObject({ code: 'stack-down' });
  });
});
