import { expect, it } from 'vitest';
import { makeTopology } from '../../deploy/model/topology.ts';
import { observeNewProcesses } from './observe-restarts.ts';

const [host] = makeTopology().hosts;

it('a reload is seen by a later process on every host', () => {
  if (host === undefined) throw new Error('there is no host');
  const before = new Map([
    ['lb1', 100],
    ['lb2', 100],
  ]);
  expect(observeNewProcesses(before, new Map([...before, ['lb1', 101]]), 'haproxy')).toEqual({
    seen: false,
    text: 'no new haproxy process on lb2',
  });
  expect(
    observeNewProcesses(
      before,
      new Map([
        ['lb1', 101],
        ['lb2', 102],
      ]),
      'haproxy',
    ).seen,
  ).toBe(true);
});
