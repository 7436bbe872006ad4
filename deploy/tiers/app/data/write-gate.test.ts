import { expect, it } from 'vitest';
import { WriteGate } from './write-gate.ts';

it('is open until it is closed, and one successful probe releases all waiting writes', async () => {
  let probes = 0;
  const gate = new WriteGate({
    probe: () => ((probes += 1) < 3 ? Promise.reject(new Error('no primary')) : Promise.resolve()),
    intervalMs: 1,
  });
  expect(await gate.waitOpen(1)).toBe(true);
  gate.close();
  gate.close();
  expect(gate.isOpen).toBe(false);
  expect(await Promise.all([gate.waitOpen(5_000), gate.waitOpen(5_000), gate.waitOpen(5_000)])).toEqual([
    true,
    true,
    true,
  ]);
  expect(probes).toBe(3);
  expect(gate.isOpen).toBe(true);
});

it('stops waiting after the timeout', async () => {
  const gate = new WriteGate({ probe: () => Promise.reject(new Error('no primary')), intervalMs: 1 });
  gate.close();
  expect(await gate.waitOpen(20)).toBe(false);
});
