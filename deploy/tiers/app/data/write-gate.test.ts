import { expect, it } from 'vitest';
import { WriteGate, type Admission } from './write-gate.ts';

const WAIT_MS = 5_000;

/** A gate whose probes fail `failures` times. */
function makeGate({ failures = 0, trialMs = WAIT_MS }: { failures?: number; trialMs?: number } = {}) {
  const seen = { probes: 0 };
  const gate = new WriteGate({
    probe: () => ((seen.probes += 1) <= failures ? Promise.reject(new Error('no primary')) : Promise.resolve()),
    ...{ intervalMs: 1, trialMs },
  });
  return { gate, seen };
}

async function admit(gate: WriteGate): Promise<Admission> {
  const admission = await gate.enter(WAIT_MS);
  if (admission === undefined) throw new Error('not admitted');
  return admission;
}

/** Enters `count` times, and records the order of admission. */
function enterAll(gate: WriteGate, count: number): readonly Admission[] {
  const admitted: Admission[] = [];
  for (let index = 0; index < count; index += 1) void admit(gate).then((one) => admitted.push(one));
  return admitted;
}

/** Lets everything happen that needs no timer. */
const settleAll = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

it('admits every write while writes succeed', async () => {
  const { gate, seen } = makeGate();
  const admitted = enterAll(gate, 3);
  await settleAll();
  expect(admitted).toHaveLength(3);
  for (const one of admitted) one.settle(true);
  expect(gate.isOpen).toBe(true);
  expect(seen.probes).toBe(0);
});

it('after a refused write it waits for a successful probe, and admits one write, then all others', async () => {
  const { gate, seen } = makeGate({ failures: 2 });
  (await admit(gate)).settle(false);
  expect(gate.isOpen).toBe(false);
  const admitted = enterAll(gate, 3);
  await expect.poll(() => admitted.length).toBe(1);
  await settleAll();
  expect([admitted.length, seen.probes, gate.isOpen]).toEqual([1, 3, true]);
  admitted[0]?.settle(true);
  await settleAll();
  expect(admitted).toHaveLength(3);
});

it('while a server passes the probe and refuses writes, only one write tries at a time', async () => {
  const { gate, seen } = makeGate();
  (await admit(gate)).settle(false);
  let attempts = 0;
  let trying = 0;
  let most = 0;
  const write = async (): Promise<void> => {
    for (;;) {
      const admission = await admit(gate);
      attempts += 1;
      const isAccepted = attempts > 5;
      trying += 1;
      if (!isAccepted) most = Math.max(most, trying);
      await settleAll();
      trying -= 1;
      admission.settle(isAccepted);
      if (isAccepted) return;
    }
  };
  const writes = [write(), write(), write()];
  await expect.poll(() => attempts).toBeGreaterThan(5);
  expect([most, seen.probes]).toEqual([1, 6]);
  await Promise.all(writes);
});

it('two refusals at the same time close it once', async () => {
  const { gate, seen } = makeGate();
  const [one, other] = [await admit(gate), await admit(gate)];
  one.settle(false);
  other.settle(false);
  (await admit(gate)).settle(true);
  expect(seen.probes).toBe(1);
});

it('a write that takes long alone does not hold up the others', async () => {
  const { gate } = makeGate({ trialMs: 20 });
  (await admit(gate)).settle(false);
  const admitted = enterAll(gate, 3);
  await expect.poll(() => admitted.length).toBe(3);
  // Its failure still closes the gate.
  admitted[0]?.settle(false);
  expect(gate.isOpen).toBe(false);
});

it('stops waiting after the timeout, for a probe and for the write that tries alone', async () => {
  const { gate } = makeGate({ failures: 4 });
  (await admit(gate)).settle(false);
  expect(await gate.enter(1)).toBeUndefined();
  const trial = await admit(gate);
  expect(await gate.enter(20)).toBeUndefined();
  trial.settle(true);
  expect(await gate.enter(1)).toBeDefined();
});
