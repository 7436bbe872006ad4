import fc from 'fast-check';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { HoldfastError } from '../../../kit/errors.ts';
import { parseTrace, readTrace } from './read-trace.ts';
import type { Trace } from './shapes.ts';

async function read(text: string, name = 'load.csv'): Promise<Trace> {
  const folder = await mkdtemp(join(tmpdir(), 'trace-'));
  try {
    await writeFile(join(folder, name), text);
    return readTrace(join(folder, name));
  } finally {
    await rm(folder, { recursive: true });
  }
}

it.each([
  ['CSV with a header', 'seconds,rate\n0,100\n2,200\n4,0\n'],
  ['CSV without one, of another system', '1700000000, 100\r\n1700000002, 200\r\n1700000004, 0\r\n'],
  ['rates of consecutive seconds', '[100, 100, 200, 200, 0, 0]'],
  ['pairs', '[[0, 100], [2, 200], [4, 0]]'],
  ['points', '[{"seconds": 5, "rate": 100}, {"seconds": 7, "rate": 200}, {"seconds": 9, "rate": 0}]'],
])('reads %s', async (_, text) => {
  expect(await read(text)).toEqual({ name: 'load.csv', rates: [100, 100, 200, 200, 0, 0], retryShare: 0 });
});

it.each([
  ['', 'is empty'],
  ['seconds,rate\n', 'is empty'],
  ['0,100\n1;200\n', 'has "1;200" in line 2'],
  ['0,100\n1,\n', 'has "1," in line 2'],
  ['0,100\n1,2,3\n', 'has "1,2,3" in line 2'],
  ['0,100\n1,-5\n', 'has the rate -5 at point 2'],
  ['0,100\n0,100\n', 'has 0 s after 0 s at point 2'],
  ['5,100\n1,100\n', 'has 1 s after 5 s at point 2'],
  ['0,1\n9000000,1\n', 'more than 604800 s'],
  ['[1, 2', 'is not valid JSON'],
  ['[1, "2"]', 'does not contain a list of rates'],
])('refuses %j with the place and a fix', async (text, message) => {
  const error = await read(text).catch((caught: unknown) => caught);
  expect(error).toBeInstanceOf(HoldfastError);
  expect(error).toMatchObject({ code: 'usage', message: expect.stringContaining(message) as string });
  expect((error as HoldfastError).fix).toContain('ascending seconds');
});

it('refuses a missing file', () => {
  expect(() => readTrace('/nowhere/load.csv')).toThrow('The trace /nowhere/load.csv cannot be read');
});

it('parses any text, or refuses it with a known error', () => {
  fc.assert(
    fc.property(
      fc.oneof(
        fc.string(),
        fc.json(),
        fc.string().map((text) => `[${text}`),
      ),
      (text) => {
        try {
          parseTrace(text, 'x');
        } catch (error) {
          expect(error).toBeInstanceOf(HoldfastError);
        }
      },
    ),
  );
});
