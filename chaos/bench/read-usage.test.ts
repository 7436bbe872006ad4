import { expect, test } from 'vitest';
import { readUntilSettled, type Usage } from './read-usage.ts';

async function settle(percent: readonly number[], atMost: number): Promise<readonly number[]> {
  const left = [...percent];
  const windows = await readUntilSettled(() => Promise.resolve(usage(left.shift() ?? 0)), atMost);
  return windows.map(({ cpuRatio }) => Math.round(cpuRatio * 1000) / 10);
}

function usage(percent: number): Usage {
  return { cpuRatio: percent / 100, memoryBytes: 0, hosts: [] };
}

test.each([
  { what: 'ends after two equal windows', percent: [13, 13.1, 9], windows: [13, 13.1] },
  { what: 'treats a small decrease as noise', percent: [13, 12.6, 9], windows: [13, 12.6] },
  { what: 'continues while usage falls', percent: [20, 15, 13, 13, 9], windows: [20, 15, 13, 13] },
  { what: 'ends when usage rises', percent: [13, 20, 9], windows: [13, 20] },
  { what: 'ends after the maximum number of windows', percent: [60, 50, 40, 30, 20, 10], windows: [60, 50, 40, 30] },
])('$what', async ({ percent, windows }) => {
  await expect(settle(percent, 4)).resolves.toEqual(windows);
});
