import { describe, expect, it } from 'vitest';
import type { SavedSilence } from './parse-snapshot.ts';
import { hasNoneOf, hasSilence, hostsNotSaved, readSavedOn } from './wait-until-saved.ts';

const MEMBERS = ['mon1', 'mon2'];
const ends = new Date('2026-11-29T01:00:00Z');
const silence: SavedSilence = { id: 'a', endsAtMs: ends.getTime() };

describe('a silence is on disk', () => {
  it('when every member has saved it, after repeated reads', async () => {
    const reads: string[] = [];
    const read = (host: string): Promise<readonly SavedSilence[]> => {
      reads.push(host);
      return Promise.resolve(host === 'mon1' || reads.filter((one) => one === host).length > 2 ? [silence] : []);
    };
    expect(await hostsNotSaved(MEMBERS, hasSilence('a', ends), { read, withinMs: 5_000 })).toEqual([]);
    expect(reads.filter((host) => host === 'mon2').length).toBeGreaterThan(2);
  });

  it('otherwise the members that have not saved it in time, or cannot be read, are returned', async () => {
    const read = (host: string): Promise<readonly SavedSilence[]> =>
      host === 'mon1' ? Promise.resolve([silence]) : Promise.reject(new Error('unreadable'));
    expect(await hostsNotSaved(MEMBERS, hasSilence('a', ends), { read, withinMs: 50 })).toEqual(['mon2']);
    expect(await hostsNotSaved(MEMBERS, hasSilence('b', ends), { read, withinMs: 50 })).toEqual(MEMBERS);
  });

  it('with its new end, not the old one', () => {
    expect(hasSilence('a', ends)([silence])).toBe(true);
    expect(hasSilence('a', new Date(ends.getTime() + 1))([silence])).toBe(false);
  });

  it('as removed, when it has expired on disk or is missing there', () => {
    expect(hasNoneOf(['a'], ends.getTime() - 1)([silence])).toBe(false);
    expect(hasNoneOf(['a'], ends.getTime())([silence])).toBe(true);
    expect(hasNoneOf(['a'], 0)([])).toBe(true);
    expect(hasNoneOf(['b'], 0)([silence])).toBe(true);
  });
});

describe('the file on a host', () => {
  const answering = (answer: { readonly code: number; readonly stdout: string; readonly stderr: string }) =>
    readSavedOn({ exec: () => Promise.resolve(answer) })('mon1');

  it('may be missing', async () => {
    expect(await answering({ code: 0, stdout: '', stderr: '' })).toEqual([]);
  });

  it('is not treated as empty when it cannot be read', async () => {
    await expect(answering({ code: 1, stdout: '', stderr: 'no permission' })).rejects.toThrow('no permission');
  });
});
