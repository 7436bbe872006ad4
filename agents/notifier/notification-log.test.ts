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
import { openNotificationLog } from './notification-log.ts';

let folder: string;
let path: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'holdfast-notification-log-'));
  path = join(folder, 'notified.jsonl');
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

const linesOnDisk = (): number => readFileSync(path, 'utf8').split('\n').length - 1;
const stateAt = (atMs: number, status: 'firing' | 'resolved' = 'firing') => ({ status, sinceMs: atMs - 1, atMs });
const entries = (from: number, count: number, status: 'firing' | 'resolved' = 'firing') =>
  Array.from({ length: count }, (_, index) => ({ key: `k${from + index}`, ...stateAt(from + index, status) }));

describe('the notification log', () => {
  it('limits the lines of its file, however long it runs', () => {
    const log = openNotificationLog(path);
    let most = 0;
    for (let from = 0; from < 60_000; from += 500) {
      log.append(entries(from, 500));
      most = Math.max(most, linesOnDisk());
    }
    expect(most).toBe(20_000);
    for (const opened of [log, openNotificationLog(path)]) {
      expect(opened.find('k59999')).toEqual(stateAt(59_999));
      expect(opened.find('k55000')).toEqual(stateAt(55_000));
      expect(opened.find('k54999')).toBeUndefined();
    }
    expect(linesOnDisk()).toBe(5_000);
    expect(readdirSync(folder)).toEqual(['notified.jsonl']);
  });

  it('keeps the last state of each alert', () => {
    const log = openNotificationLog(path);
    log.append([
      { key: 'a', ...stateAt(1) },
      { key: 'a', ...stateAt(2, 'resolved') },
      { key: 'a', ...stateAt(3) },
    ]);
    const again = openNotificationLog(path);
    expect(again.find('a')).toEqual(stateAt(3));
    expect(linesOnDisk()).toBe(1);
  });

  it('returns the last state of each alert that was mailed between two times', () => {
    const log = openNotificationLog(path);
    log.append([...entries(1, 3), { key: 'k1', ...stateAt(9, 'resolved') }]);
    expect(log.between(3, 9)).toEqual([
      { key: 'k3', ...stateAt(3) },
      { key: 'k1', ...stateAt(9, 'resolved') },
    ]);
    expect(log.between(4, 8)).toEqual([]);
    log.append(entries(100, 3_000));
    expect(log.between(0, 10_000)).toHaveLength(1_000);
  });

  it('loses no other entry after one that was written in part', () => {
    const log = openNotificationLog(path);
    log.append(entries(1, 1));
    // Like a full disk: a part is written, and the call fails.
    renameSync(path, join(folder, 'aside'));
    mkdirSync(path);
    expect(() => {
      log.append(entries(2, 1));
    }).toThrow('EISDIR');
    rmdirSync(path);
    renameSync(join(folder, 'aside'), path);
    appendFileSync(path, '{"key":"k2","sta');
    expect(log.find('k2')).toEqual(stateAt(2));
    log.append(entries(3, 1));
    const again = openNotificationLog(path);
    expect([again.find('k1'), again.find('k2'), again.find('k3')]).toEqual([stateAt(1), undefined, stateAt(3)]);
  });
});
