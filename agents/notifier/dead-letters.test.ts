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

it('keeps the newest files within the limits, also after a restart', () => {
  const deadLetters = openDeadLetters(folder, { files: 3, bytes: 10_000 });
  for (const name of ['1', '2', '3', '4']) deadLetters.add(name, {});
  expect(readdirSync(folder).toSorted()).toEqual(['2', '3', '4']);
  const reopened = openDeadLetters(folder, { files: 2, bytes: 10_000 });
  expect(reopened.count()).toBe(2);
  reopened.add('5', {});
  expect(readdirSync(folder).toSorted()).toEqual(['4', '5']);
});

it('keeps the newest file, however large, and then no other', () => {
  const deadLetters = openDeadLetters(folder, { files: 3, bytes: 100 });
  deadLetters.add('1', {});
  deadLetters.add('2', { text: 'x'.repeat(1_000) });
  expect(readdirSync(folder)).toEqual(['2']);
  deadLetters.add('3', {});
  expect(readdirSync(folder)).toEqual(['3']);
  expect(deadLetters.count()).toBe(3);
});
