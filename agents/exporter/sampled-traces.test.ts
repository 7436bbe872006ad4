import fc from 'fast-check';
import { expect, it } from 'vitest';
import { decideSampling } from '../../deploy/tiers/app/telemetry/decide-sampling.ts';
import { isTraceSampled } from '../../exporters/access-log/is-trace-sampled.ts';

const hex = (length: number): fc.Arbitrary<string> =>
  fc.string({ unit: fc.constantFrom('0', '1', '7', '8', 'e', 'f'), minLength: length, maxLength: length });

it('the application samples exactly the traces that the access-log metrics use as exemplars', () => {
  const requests = fc.record({ traceId: hex(32), failed: fc.boolean(), durationMs: fc.nat(1_000) });
  const policies = fc.record({ slowMs: fc.nat(1_000), sampleRatio: fc.double({ min: 0, max: 1, noNaN: true }) });
  fc.assert(
    fc.property(requests, policies, ({ traceId, failed, durationMs }, policy) => {
      const expected = isTraceSampled({ traceId, code: failed ? '5xx' : '2xx', seconds: durationMs / 1000 }, policy);
      expect(decideSampling({ traceId, failed, retried: false, durationMs }, policy) !== undefined).toBe(expected);
    }),
  );
});
