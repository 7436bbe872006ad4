import { expect, it } from 'vitest';
import { checkSamples, writeSamples, type Samples } from './formats.ts';

/** The samples of this release, with cached values changed. */
async function withCached(change: (key: string, value: unknown) => unknown): Promise<Samples> {
  const samples = await writeSamples();
  const cached = Object.entries(samples.cached).map(([key, text]) => [
    key,
    JSON.stringify(change(key, JSON.parse(text))),
  ]);
  return { ...samples, cached: Object.fromEntries(cached) as Record<string, string> };
}

/** Changes the cached product only. */
const inProduct = (change: (product: Record<string, unknown>) => unknown) => (key: string, value: unknown) =>
  key === 'product:1' ? change(value as Record<string, unknown>) : value;

it('a release reads what it wrote itself', async () => {
  expect(await checkSamples(await writeSamples())).toEqual([]);
});

it('a release reads cached objects with fields that a later release has added', async () => {
  const added = await withCached((_key, value) => (value === null ? value : { ...(value as object), rating: 5 }));
  expect(await checkSamples(added)).toEqual([]);
});

it('a cached object that lacks a field is not used', async () => {
  const lacking = await withCached(inProduct((product) => ({ ...product, stock: undefined })));
  expect(await checkSamples(lacking)).toEqual([{ severity: 'warning', summary: 'does not use its cached product' }]);
});

it('a cached object under another key is not used', async () => {
  const samples = await writeSamples();
  const cached = Object.entries(samples.cached).map(([key, value]) => [key.replace('session:', 'state:'), value]);
  expect(await checkSamples({ ...samples, cached: Object.fromEntries(cached) as Record<string, string> })).toEqual([
    { severity: 'warning', summary: 'does not use its session state' },
  ]);
});

it('a field with another meaning is an error', async () => {
  const euros = await withCached(inProduct((product) => ({ ...product, priceCents: 12 })));
  expect(await checkSamples(euros)).toEqual([{ severity: 'error', summary: 'misreads its cached product' }]);
});

it.each([
  ['session', 'does not accept its sessions'],
  ['ownWrite', 'does not accept its own-write cookies'],
  ['passwordHash', 'does not accept its password hashes'],
  ['orderHash', 'considers a retried order another order, because their hashes differ'],
] as const)('another format of %s is an error', async (name, summary) => {
  const samples = await writeSamples();
  expect(await checkSamples({ ...samples, [name]: `v2:${samples[name]}` })).toEqual([{ severity: 'error', summary }]);
});

it('samples that the other release does not write are not checked', async () => {
  expect(await checkSamples({})).toEqual([]);
});
