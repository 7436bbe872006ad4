import { describe, expect, it } from 'vitest';
import { NO_RELEASES, type Release, type ReleaseRecord, type Rollout } from '../stack/release-record.ts';
import { chooseFrom, chooseRollback } from './choose-releases.ts';

const release = (version: string): Release => ({ version, commit: null, tag: `holdfast/app:release-${version}` });
const [OLD, NEW] = [release('old'), release('new')];
const rollout = (result: Rollout['result']): Rollout => ({
  ...{ startedAt: '2026-01-01T00:00:00.000Z', by: 'someone', action: 'release', from: OLD, to: NEW },
  ...{ direction: 'forward', result, owner: { pid: 1, startTicks: '1', bootId: 'a' } },
});
const recordOf = (change: Partial<ReleaseRecord>): ReleaseRecord => ({
  ...NO_RELEASES,
  ...change,
});
const [SAME, MIXED] = [
  new Map([
    ['app1', 'a'],
    ['app2', 'a'],
  ]),
  new Map([
    ['app1', 'b'],
    ['app2', 'a'],
  ]),
];

describe('hosts return to', () => {
  it('the current release', () => {
    expect(chooseFrom(recordOf({ current: OLD }), MIXED, undefined)).toBe(OLD);
  });

  it('the image that they run, if they follow the work tree', () => {
    expect(chooseFrom(recordOf({}), SAME, undefined)).toEqual({ imageId: 'a' });
    expect(chooseFrom(recordOf({ history: [rollout('interrupted')] }), SAME, 'b')).toEqual({ imageId: 'a' });
  });

  it.each(['running', 'interrupted', 'failed'] as const)('the release before a rollout that is %s', (result) => {
    expect(chooseFrom(recordOf({ history: [rollout(result)] }), MIXED, 'b')).toBe(OLD);
    expect(chooseFrom(recordOf({ history: [rollout(result)] }), SAME, 'a')).toBe(OLD);
  });

  it.each(['done', 'returned'] as const)('the release before a trial that is %s, and never its own', (result) => {
    const record = recordOf({ history: [{ ...rollout(result), action: 'trial' }] });
    expect(chooseFrom(record, SAME, 'a')).toBe(OLD);
    expect(chooseFrom(record, MIXED, 'b')).toBe(OLD);
  });

  it('nothing, if they run different images without a rollout on record', () => {
    expect(() => chooseFrom(recordOf({}), MIXED, undefined)).toThrow('run different images');
    expect(() => chooseFrom(recordOf({ history: [rollout('done')] }), MIXED, undefined)).toThrow(
      'run different images',
    );
  });
});

describe('a rollback', () => {
  it('replaces the current release with the previous one', () => {
    expect(chooseRollback(recordOf({ current: NEW, previous: OLD }), NEW, false)).toEqual({ from: NEW, to: OLD });
  });

  it('replaces the current release also while a host is down', () => {
    const record = recordOf({ current: NEW, previous: OLD, history: [rollout('done')] });
    expect(chooseRollback(record, NEW, true)).toEqual({ from: NEW, to: OLD });
  });

  it('after an interrupted rollout returns all hosts to the current release', () => {
    const record = recordOf({ current: OLD, previous: release('older'), history: [rollout('interrupted')] });
    expect(chooseRollback(record, OLD, true)).toEqual({ from: OLD, to: OLD });
    // `up` has returned them already.
    expect(chooseRollback(record, OLD, false)).toEqual({ from: OLD, to: release('older') });
  });

  it('after a trial returns all hosts to the current release', () => {
    const history = [{ ...rollout('done'), action: 'trial' as const }];
    const record = recordOf({ current: OLD, previous: release('older'), history });
    expect(chooseRollback(record, OLD, true)).toEqual({ from: OLD, to: OLD });
  });

  it('needs a previous release', () => {
    expect(() => chooseRollback(recordOf({ current: NEW }), NEW, false)).toThrow('no release before the current one');
  });
});
