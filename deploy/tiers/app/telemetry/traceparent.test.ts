import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseTraceparent, randomId } from './traceparent.ts';

const TRACE = '4bf92f3577b34da6a3ce929d0e0e4736';
const SPAN = '00f067aa0ba902b7';

describe('parseTraceparent', () => {
  it.each([
    ['of a caller that recorded', `00-${TRACE}-${SPAN}-01`],
    ['of a caller that did not: the flags decide nothing here', `00-${TRACE}-${SPAN}-00`],
    ['of a later version, which may say more', `cc-${TRACE}-${SPAN}-01-what-comes-later`],
  ])('goes on with the trace %s', (_what, header) => {
    expect(parseTraceparent(header)).toEqual({ traceId: TRACE, spanId: SPAN });
  });

  it('reads the same from every value of the flags, so that none can ask for a trace to be sampled', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 255 }), (flags) => {
        const header = `00-${TRACE}-${SPAN}-${flags.toString(16).padStart(2, '0')}`;
        expect(parseTraceparent(header)).toEqual({ traceId: TRACE, spanId: SPAN });
      }),
    );
  });

  it.each([
    ['no header', undefined],
    ['several', [`00-${TRACE}-${SPAN}-01`, `00-${TRACE}-${SPAN}-01`]],
    ['several in one', `00-${TRACE}-${SPAN}-01, 00-${TRACE}-${SPAN}-01`],
    ['a forbidden version', `ff-${TRACE}-${SPAN}-01`],
    ['more than its version has', `00-${TRACE}-${SPAN}-01-more`],
    ['a trace of zeros', `00-${'0'.repeat(32)}-${SPAN}-01`],
    ['a span of zeros', `00-${TRACE}-${'0'.repeat(16)}-01`],
    ['capitals', `00-${TRACE.toUpperCase()}-${SPAN}-01`],
    ['something to be logged', `00-${TRACE}-${SPAN}-01\nlevel=error`],
    ['nothing', ''],
  ])('begins a trace of its own for %s', (_what, header) => {
    expect(parseTraceparent(header)).toBeUndefined();
  });
});

it('makes ids that a header can carry', () => {
  const [trace, span] = [randomId(16), randomId(8)];
  expect(parseTraceparent(`00-${trace}-${span}-00`)).toEqual({ traceId: trace, spanId: span });
  expect(randomId(16)).not.toBe(trace);
});
