import { expect, it } from 'vitest';
import { probeOnce } from './probe-once.ts';
import type { Module } from './probe-server.ts';

const probed: unknown[] = [];
const modules: readonly Module[] = [
  {
    name: 'shop',
    targets: ['app1', 'app2'],
    probe: (target, options) => {
      probed.push([target, options]);
      return Promise.resolve({ contentType: 'text/plain', body: 'shop_up 1\n' });
    },
  },
];

it('returns the same text that Prometheus would get', async () => {
  expect(await probeOnce(modules, ['shop', 'app2'])).toEqual({ text: 'shop_up 1\n' });
  expect(probed).toEqual([
    ['app2', { deadlineMs: 1_500, format: 'text', signal: expect.any(AbortSignal) as AbortSignal }],
  ]);
});

it.each([
  [[], 'module must be shop.'],
  [['other', 'app1'], 'module must be shop.'],
  [['shop'], 'target must be app1, app2.'],
  [['shop', 'http://203.0.113.1/'], 'target must be app1, app2.'],
  [['shop', 'app1', 'app2'], 'app2 is too much: there is --once MODULE TARGET.'],
])('%j is refused with the allowed values', async (words, problem) => {
  expect(await probeOnce(modules, words)).toEqual({ problem });
});
