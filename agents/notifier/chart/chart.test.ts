import { inflateSync } from 'node:zlib';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { makeCanvas } from './canvas.ts';
import { type Line, chooseLine } from './choose-line.ts';
import { drawChart } from './draw-chart.ts';
import { formatDuration, formatValue } from './format-value.ts';
import { plotTableSchema } from './plot-table.ts';
import { encodePng } from './png.ts';
import { timeTicks, valueTicks } from './ticks.ts';

/** Decodes a PNG of {@link encodePng}, according to the file format. */
function decodePng(png: Buffer): { readonly width: number; readonly height: number; readonly rgb: Buffer } {
  const chunks = new Map<string, Buffer>();
  for (let at = 8; at < png.length;) {
    const length = png.readUInt32BE(at);
    chunks.set(png.toString('latin1', at + 4, at + 8), png.subarray(at + 8, at + 8 + length));
    at += length + 12;
  }
  const header = chunks.get('IHDR') ?? Buffer.alloc(8);
  const [width, height] = [header.readUInt32BE(0), header.readUInt32BE(4)];
  const rows = inflateSync(chunks.get('IDAT') ?? Buffer.alloc(0));
  const stride = 3 * width + 1;
  const pixels = Array.from({ length: height }, (_, y) => rows.subarray(y * stride + 1, (y + 1) * stride));
  return { width, height, rgb: Buffer.concat(pixels) };
}

describe('a picture', () => {
  it('encodes its pixels as PNG', () => {
    const canvas = makeCanvas(7, 5);
    canvas.fill([1, 1], [3, 2], { colour: [10, 20, 30] });
    const png = encodePng(canvas);
    expect(png.subarray(1, 4).toString()).toBe('PNG');
    expect(png.subarray(-8, -4).toString()).toBe('IEND');
    const { width, height, rgb } = decodePng(png);
    expect([width, height]).toEqual([7, 5]);
    expect(rgb).toEqual(Buffer.from(canvas.rgb));
    expect([...rgb.subarray(3 * 8, 3 * 8 + 9)]).toEqual([10, 20, 30, 10, 20, 30, 255, 255, 255]);
  });

  it('can be drawn from equal values, no values, and gaps', () => {
    const base = { startMs: 0, endMs: 60_000, firedMs: 30_000, resolvedMs: undefined, unit: '1' };
    for (const points of [
      [],
      [[10_000, 1] as const],
      [
        [10_000, 5],
        [20_000, undefined],
        [30_000, 5],
      ] as const,
      [
        [0, -1e300],
        [60_000, 1e300],
      ] as const,
    ]) {
      const { rgb } = decodePng(drawChart({ ...base, points, threshold: 1 }));
      expect(rgb.some((channel) => channel !== 255)).toBe(true);
    }
  });

  it('draws the line at the position of the values', () => {
    const points = Array.from({ length: 60 }, (_, index) => [index * 1000, index < 30 ? 0 : 10] as const);
    const data = { points, startMs: 0, endMs: 60_000, threshold: undefined, firedMs: 90_000, resolvedMs: undefined };
    const { rgb, width, height } = decodePng(drawChart({ ...data, unit: '1' }));
    const blueRows = (x: number) =>
      Array.from({ length: height }, (_, y) => y).filter((y) => rgb[3 * (y * width + x)] === 28);
    const [early, late] = [blueRows(400), blueRows(1000)];
    expect(Math.min(...early)).toBeGreaterThan(Math.max(...late) + 200);
  });
});

describe('the grid lines of a chart', () => {
  it.each([
    [[0, 1], '1', [0, 0.5, 1]],
    [[3, 3], '1', [0, 1, 2, 3]],
    [[], '1', [0, 0.5, 1]],
    [[0, 0.083], 'ratio', [0, 0.05, 0.1]],
    [[950, 1000], '1', [940, 960, 980, 1000]],
    [[-5, 5], '1', [-5, 0, 5]],
    [[0, 6 * 2 ** 20], 'bytes', [0, 2, 4, 6].map((mib) => mib * 2 ** 20)],
  ])('%j of %s are at %j', (values, unit, ticks) => {
    expect(valueTicks(values, unit)).toEqual(ticks);
  });

  it.each([
    ['2026-11-23T15:00:10Z', '2026-11-23T15:05:10Z', ['15:01', '15:02', '15:03', '15:04', '15:05']],
    [
      '2026-11-23T15:00:00Z',
      '2026-11-23T15:00:30Z',
      ['15:00:00', '15:00:05', '15:00:10', '15:00:15', '15:00:20', '15:00:25', '15:00:30'],
    ],
  ])('from %s to %s are at %j', (start, end, labels) => {
    expect(timeTicks(Date.parse(start), Date.parse(end)).map(({ label }) => label)).toEqual(labels);
  });
});

describe('a value', () => {
  it.each([
    [0, '1', '0'],
    [0.02, 'ratio', '2 %'],
    [0.25, 'seconds', '250 ms'],
    [90, 'seconds', '1.5 min'],
    [1_572_864, 'bytes', '1.5 MiB'],
    [12_345, '1', '12.3 k'],
    [0.05, 'any', '0.05'],
    [0.0005, '1', '0.5 m'],
    [2048, 'bytes per second', '2 KiB/s'],
    [-3, '1', '-3'],
  ])('%d %s is formatted as %s', (value, unit, formatted) => {
    expect(formatValue(value, unit)).toBe(formatted);
  });

  it.each([
    [4_200, '4.2 s'],
    [42_000, '42 s'],
    [200_000, '3 min 20 s'],
    [7_500_000, '2 h 5 min'],
    [-5, '0.0 s'],
    [86_400_000, '1 d'],
  ])('%d ms is formatted as %s', (ms, formatted) => {
    expect(formatDuration(ms)).toBe(formatted);
  });
});

describe('the series of an alert chart', () => {
  const line = (query: string, labels: Record<string, string>, value: number): Line => ({
    plot: { query, threshold: { comparison: '<', value: 1 }, unit: '1' },
    series: { labels, samples: [[100, value]] },
  });
  const choose = (...lines: readonly Line[]) =>
    chooseLine(lines, { labels: { alertname: 'A', host: 'lb1' }, sinceMs: 50 })?.plot.query;

  it.each([
    ['that of its host', [line('other', { host: 'lb2' }, 0), line('own', { host: 'lb1' }, 0)], 'own'],
    ['one that crossed its threshold', [line('calm', { host: 'lb1' }, 5), line('low', { host: 'lb1' }, 0)], 'low'],
    [
      'one that crossed its threshold, even without a host label',
      [line('calm', { host: 'lb1' }, 5), line('sum', {}, 0)],
      'sum',
    ],
    ['the one with the most labels if none crossed', [line('sum', {}, 5), line('own', { host: 'lb1' }, 5)], 'own'],
    ['missing if no labels match', [line('other', { job: 'x' }, 0)], undefined],
  ] as const)('is %s', (_what, lines, query) => {
    expect(choose(...lines)).toBe(query);
  });

  it('is in the generated plot table', async () => {
    const file = join(import.meta.dirname, '../../../alerts/generated/plots.json');
    const table = plotTableSchema.parse(JSON.parse(await readFile(file, 'utf8')));
    expect(table['LoadBalancerLost']?.length).toBeGreaterThan(0);
  });
});
