import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseTraceparent, randomId } from './traceparent.ts';

const TRACE = '4bf92f3577b34da6a3ce929d0e0e4736';
const SPAN = '00f067aa0ba902b7';

describe('parseTraceparent', () => {
  it.each([
    ['of a caller that sampled it', `00-${TRACE}-${SPAN}-01`],
    ['of a caller that did not sample it: flags are ignored', `00-${TRACE}-${SPAN}-00`],
    ['of a later version with more fields', `cc-${TRACE}-${SPAN}-01-what-comes-later`],
  ])('continues the trace %s', (_what, header) => {
    expect(parseTraceparent(header)).toEqual({ traceId: TRACE, spanId: SPAN });
  });

  it('ignores the flags, so that a caller cannot request sampling', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 255 }), (flags) => {
        const header = `00-${TRACE}-${SPAN}-${flags.toString(16).padStart(2, '0')}`;
        expect(parseTraceparent(header)).toEqual({ traceId: TRACE, spanId: SPAN });
      }),
    );
  });

  it.each([
    ['no header', undefined],
    ['several headers', [`00-${TRACE}-${SPAN}-01`, `00-${TRACE}-${SPAN}-01`]],
    ['several values in one header', `00-${TRACE}-${SPAN}-01, 00-${TRACE}-${SPAN}-01`],
    ['a forbidden version', `ff-${TRACE}-${SPAN}-01`],
    ['more fields than its version has', `00-${TRACE}-${SPAN}-01-more`],
    ['a trace of zeros', `00-${'0'.repeat(32)}-${SPAN}-01`],
    ['a span of zeros', `00-${TRACE}-${'0'.repeat(16)}-01`],
    ['capitals', `00-${TRACE.toUpperCase()}-${SPAN}-01`],
    ['an injected log line', `00-${TRACE}-${SPAN}-01\nlevel=error`],
    ['an empty header', ''],
  ])('ignores %s', (_what, header) => {
    expect(parseTraceparent(header)).toBeUndefined();
  });
});

it('makes valid IDs for a header', () => {
  const [trace, span] = [randomId(16), randomId(8)];
  expect(parseTraceparent(`00-${trace}-${span}-00`)).toEqual({ traceId: trace, spanId: span });
  expect(randomId(16)).not.toBe(trace);
});
