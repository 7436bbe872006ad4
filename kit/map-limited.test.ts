import { expect, it } from 'vitest';
import { mapLimited } from './map-limited.ts';

it('keeps the order and the limit', async () => {
  let underWay = 0;
  let most = 0;
  const results = await mapLimited([5, 1, 4, 2, 3], 2, async (item) => {
    most = Math.max(most, ++underWay);
    for (let turn = 0; turn < item; turn++) await Promise.resolve();
    underWay--;
    return item * 10;
  });
  expect(results).toEqual([50, 10, 40, 20, 30]);
  expect(most).toBe(2);
});

it('does nothing with nothing, and passes a failure on', async () => {
  expect(await mapLimited([], 3, () => Promise.reject(new Error('never called')))).toEqual([]);
  await expect(mapLimited([1, 2], 3, () => Promise.reject(new Error('broken')))).rejects.toThrow('broken');
});
