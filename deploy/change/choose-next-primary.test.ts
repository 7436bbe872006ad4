import { expect, it } from 'vitest';
import { chooseNextPrimary } from './choose-next-primary.ts';

const node = (name: string, queue: number, lagMs: number) => ({ node: name, id: `uuid-of-${name}`, queue, lagMs });

it.each([
  { what: 'the shorter queue, whatever the lag', of: [node('db1', 1, 0), node('db2', 0, 900)], chosen: 'db2' },
  { what: 'the least lag among equal queues', of: [node('db2', 0, 90), node('db3', 0, 5)], chosen: 'db3' },
  { what: 'the same one of equals, in any order', of: [node('db3', 0, 5), node('db2', 0, 5)], chosen: 'db2' },
  { what: 'none of none', of: [], chosen: undefined },
])('chooses $what', ({ of, chosen }) => {
  expect(chooseNextPrimary(of)?.node).toBe(chosen);
});
