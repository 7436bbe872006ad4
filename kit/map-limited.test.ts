import { expect, it } from 'vitest';
import { mapLimited } from './map-limited.ts';

it('keeps the order and the limit', async () => {
  let inFlight = 0;
  let maxInFlight = 0;
  const results = await mapLimited([5, 1, 4, 2, 3], 2, async (item) => {
    maxInFlight = Math.max(maxInFlight, ++inFlight);
    for (let turn = 0; turn < item; turn++) await Promise.resolve();
    inFlight--;
    return item * 10;
  });
  expect(results).toEqual([50, 10, 40, 20, 30]);
  expect(maxInFlight).toBe(2);
});

it('returns an empty list for no items, and rejects with a failure', async () => {
  expect(await mapLimited([], 3, () => Promise.reject(new Error('never called')))).toEqual([]);
  await expect(mapLimited([1, 2], 3, () => Promise.reject(new Error('broken')))).rejects.toThrow('broken');
});
