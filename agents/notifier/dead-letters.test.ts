import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { openDeadLetters } from './dead-letters.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'holdfast-dead-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

it('keeps the newest within the limits, across lives', () => {
  const dead = openDeadLetters(folder, { files: 3, bytes: 10_000 });
  for (const name of ['1', '2', '3', '4']) dead.lay(name, {});
  expect(readdirSync(folder).toSorted()).toEqual(['2', '3', '4']);
  const again = openDeadLetters(folder, { files: 2, bytes: 10_000 });
  expect(again.count()).toBe(2);
  again.lay('5', {});
  expect(readdirSync(folder).toSorted()).toEqual(['4', '5']);
});

it('keeps the last one however big it is, and no other then', () => {
  const dead = openDeadLetters(folder, { files: 3, bytes: 100 });
  dead.lay('1', {});
  dead.lay('2', { text: 'x'.repeat(1_000) });
  expect(readdirSync(folder)).toEqual(['2']);
  dead.lay('3', {});
  expect(readdirSync(folder)).toEqual(['3']);
  expect(dead.count()).toBe(3);
});
