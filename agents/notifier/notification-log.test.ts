import {
  appendFileSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  renameSync,
  rmSync,
  rmdirSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openJournal } from './notification-log.ts';

let folder: string;
let path: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'holdfast-journal-'));
  path = join(folder, 'told.jsonl');
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

const linesOnDisk = (): number => readFileSync(path, 'utf8').split('\n').length - 1;
const word = (atMs: number, status: 'firing' | 'resolved' = 'firing') => ({ status, sinceMs: atMs - 1, atMs });
const tellings = (from: number, count: number, status: 'firing' | 'resolved' = 'firing') =>
  Array.from({ length: count }, (_, index) => ({ key: `k${from + index}`, ...word(from + index, status) }));

describe('the journal', () => {
  it('has in its file no more than a multiple of what it remembers, however long it lives', () => {
    const journal = openJournal(path);
    let most = 0;
    for (let from = 0; from < 60_000; from += 500) {
      journal.append(tellings(from, 500));
      most = Math.max(most, linesOnDisk());
    }
    expect(most).toBe(20_000);
    for (const known of [journal, openJournal(path)]) {
      expect(known.find('k59999')).toEqual(word(59_999));
      expect(known.find('k55000')).toEqual(word(55_000));
      expect(known.find('k54999')).toBeUndefined();
    }
    expect(linesOnDisk()).toBe(5_000);
    expect(readdirSync(folder)).toEqual(['told.jsonl']);
  });

  it('keeps of each alert what was told last', () => {
    const journal = openJournal(path);
    journal.append([
      { key: 'a', ...word(1) },
      { key: 'a', ...word(2, 'resolved') },
      { key: 'a', ...word(3) },
    ]);
    const again = openJournal(path);
    expect(again.find('a')).toEqual(word(3));
    expect(linesOnDisk()).toBe(1);
  });

  it('names what was told between two times, the last word of each alert', () => {
    const journal = openJournal(path);
    journal.append([...tellings(1, 3), { key: 'k1', ...word(9, 'resolved') }]);
    expect(journal.between(3, 9)).toEqual([
      { key: 'k3', ...word(3) },
      { key: 'k1', ...word(9, 'resolved') },
    ]);
    expect(journal.between(4, 8)).toEqual([]);
    journal.append(tellings(100, 3_000));
    expect(journal.between(0, 10_000)).toHaveLength(1_000);
  });

  it('loses to a telling that reached the disk in part no other one', () => {
    const journal = openJournal(path);
    journal.append(tellings(1, 1));
    // As a disk that is full does it: a part is there, and the call fails.
    renameSync(path, join(folder, 'aside'));
    mkdirSync(path);
    expect(() => {
      journal.append(tellings(2, 1));
    }).toThrow('EISDIR');
    rmdirSync(path);
    renameSync(join(folder, 'aside'), path);
    appendFileSync(path, '{"key":"k2","sta');
    expect(journal.find('k2')).toEqual(word(2));
    journal.append(tellings(3, 1));
    const again = openJournal(path);
    expect([again.find('k1'), again.find('k2'), again.find('k3')]).toEqual([word(1), undefined, word(3)]);
  });
});
