import { expect, it } from 'vitest';
import { seriesOf } from './catalog.ts';
import { LEFT_OUT } from './left-out.ts';
import { MIXIN_METRICS } from './mixin-metrics.ts';

const exposed = seriesOf();
const left = LEFT_OUT.flatMap(({ metrics }) => metrics);

it.each(Object.entries(MIXIN_METRICS))(
  'what the community reads of %s is exposed, or left out with a reason',
  (_server, names) => {
    expect(names.filter((name) => !exposed.has(name) && !left.includes(name))).toEqual([]);
  },
);

it('nothing is left out that is exposed after all, twice, or that nobody reads', () => {
  const read: readonly string[] = Object.values(MIXIN_METRICS).flat();
  expect(left.filter((name) => exposed.has(name))).toEqual([]);
  expect(left.filter((name, at) => left.indexOf(name) !== at)).toEqual([]);
  expect(left.filter((name) => !read.includes(name))).toEqual([]);
  for (const names of Object.values(MIXIN_METRICS)) expect(new Set(names).size).toBe(names.length);
});

it('a reason is a sentence', () => {
  for (const { why } of LEFT_OUT) expect(why).toMatch(/^[A-Z].{20,}\.$/);
});
