import { expect, it } from 'vitest';
import { renderReleases, type ReleaseList } from './list-releases.ts';

const LIST: ReleaseList = {
  current: 'bbb',
  previous: 'aaa',
  hosts: { app1: 'bbb', app2: 'ccc', app3: 'bbb', app4: null },
  rollouts: [
    {
      ...{ startedAt: '2026-01-02T03:04:05.678Z', endedAt: undefined, by: 'someone', action: 'release' },
      ...{ version: 'ccc', before: 'bbb', result: 'interrupted', reason: undefined },
      ...{ requests: undefined, failures: undefined },
    },
    {
      ...{
        startedAt: '2026-01-02T02:00:00.000Z',
        endedAt: '2026-01-02T02:01:00.000Z',
        by: 'someone',
        action: 'rollback',
      },
      ...{
        version: 'bbb',
        before: 'ddd',
        result: 'returned',
        reason: 'app1 became unhealthy',
        requests: 10,
        failures: 1,
      },
    },
  ],
};

it('shows the versions that hosts run, and rollouts with their results', () => {
  expect(renderReleases(LIST)).toBe(
    `Current release: bbb
Before it: aaa
Running: app1, app3: bbb; app2: ccc; app4: not running

TIME (UTC)           ACTION    VERSION  RESULT       BY       DETAILS
2026-01-02 03:04:05  release   ccc      interrupted  someone
2026-01-02 02:00:00  rollback  bbb      returned     someone  app1 became unhealthy; 1 of 10 requests failed`,
  );
});

it('says that hosts follow the work tree before the first release', () => {
  expect(renderReleases({ current: null, previous: null, hosts: { app1: 'aaa' }, rollouts: [] })).toBe(
    'Current release: none, hosts follow the work tree\nRunning: app1: aaa',
  );
});
