import { describe, expect, it } from 'vitest';
import { CircuitBreaker } from './circuit-breaker.ts';

function makeCircuit(): { readonly circuit: CircuitBreaker; readonly pass: (ms: number) => void } {
  let nowMs = 0;
  const circuit = new CircuitBreaker({ failures: 3, retryMs: 1_000, now: () => nowMs });
  return { circuit, pass: (ms) => (nowMs += ms) };
}

type Step = 'fail' | 'succeed' | 'probe' | 'reset' | number;

describe('CircuitBreaker', () => {
  it.each<readonly [string, readonly Step[], string]>([
    ['is initially closed', [], 'closed'],
    ['stays closed below the limit', ['fail', 'fail'], 'closed'],
    ['opens at the limit', ['fail', 'fail', 'fail'], 'open'],
    ['counts only consecutive failures', ['fail', 'fail', 'succeed', 'fail', 'fail'], 'closed'],
    ['lets no probe through too early', ['fail', 'fail', 'fail', 999, 'probe'], 'open'],
    ['lets a probe through in time', ['fail', 'fail', 'fail', 1_000, 'probe'], 'half-open'],
    ['closes when the probe succeeds', ['fail', 'fail', 'fail', 1_000, 'probe', 'succeed'], 'closed'],
    ['opens again when the probe fails', ['fail', 'fail', 'fail', 1_000, 'probe', 'fail'], 'open'],
    ['waits again after a failed probe', ['fail', 'fail', 'fail', 1_000, 'probe', 'fail', 999, 'probe'], 'open'],
    ['is not closed by a late success', ['fail', 'fail', 'fail', 'succeed'], 'open'],
    ['is closed by a reset', ['fail', 'fail', 'fail', 'reset'], 'closed'],
    ['counts from zero after it was closed', ['fail', 'fail', 'fail', 'reset', 'fail', 'fail'], 'closed'],
  ])('%s', (_name, steps, state) => {
    const { circuit, pass } = makeCircuit();
    for (const step of steps) {
      if (typeof step === 'number') pass(step);
      else if (step === 'probe') circuit.tryProbe();
      else circuit[step]();
    }
    expect(circuit.state).toBe(state);
    expect(circuit.allowsCalls).toBe(state === 'closed');
  });

  it('lets only one probe through', () => {
    const { circuit, pass } = makeCircuit();
    circuit.open();
    pass(1_000);
    expect([circuit.tryProbe(), circuit.tryProbe()]).toEqual([true, false]);
  });
});
