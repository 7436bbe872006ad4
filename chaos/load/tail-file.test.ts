import { appendFile, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { tailFile } from './tail-file.ts';

let directory = '';
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'follow-'));
});
afterEach(async () => {
  await rm(directory, { recursive: true });
});

test('complete lines are passed on once, an incomplete line is held back', async () => {
  const path = join(directory, 'log');
  const lines: string[] = [];
  await using file = tailFile(path, (line) => lines.push(line));
  await file.read();
  await appendFile(path, 'one\ntw');
  await file.read();
  expect(lines).toEqual(['one']);
  expect(file.rest).toBe('tw');
  await appendFile(path, 'ö\n\n');
  await file.read();
  await file.read();
  expect(lines).toEqual(['one', 'twö', '']);
  expect(file.rest).toBe('');
});

test('a file larger than one read is read completely', async () => {
  const path = join(directory, 'log');
  const all = Array.from({ length: 30_000 }, (_, index) => `line ${index} ${'ü'.repeat(20)}`);
  await appendFile(path, all.map((line) => `${line}\n`).join(''));
  const lines: string[] = [];
  await using file = tailFile(path, (line) => lines.push(line));
  await file.read();
  expect(lines).toEqual(all);
});
