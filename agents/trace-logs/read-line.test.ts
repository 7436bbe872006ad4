import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readLine } from './read-line.ts';

const ID = '0123456789abcdef0123456789abcdef';
const read = (text: string, mostBytes = 4_096): ReturnType<typeof readLine> => readLine(Buffer.from(text), mostBytes);

describe('a line', () => {
  it.each([
    ['of HAProxy', `{"line":"H1|7|1","at":1.002,"trace_id":"${ID}","request":"GET \\/"}\n`],
    [
      'of the application',
      `{"level":"error","time":"2026-11-26T08:26:52.000Z","trace_id":"${ID}","msg":"request failed"}\n`,
    ],
  ])('%s is stored unchanged, without its line end', (_whose, text) => {
    expect(read(text)).toEqual({ traceId: ID, text: text.trimEnd(), isCut: false });
  });

  it.each(['<190>Nov 26 08:26:52 nginx: ', '<190>Nov  6 08:26:52 web1 nginx: '])('loses the header %s', (header) => {
    const text = `{"time":"2026-11-26T08:26:52+00:00","trace_id":"${ID}"}`;
    expect(read(header + text)).toEqual({ traceId: ID, text, isCut: false });
  });

  it.each([
    ['has no trace ID', '{"trace_id":"-"}'],
    ['has an empty one', '{"trace_id":""}'],
    ['has one in upper case', `{"trace_id":"${ID.toUpperCase()}"}`],
    ['has one that is too long', `{"trace_id":"${ID}0"}`],
    ['ends within it', `{"trace_id":"${ID.slice(1)}`],
    ['ends right after it', `{"trace_id":"${ID}`],
    ['is empty', ''],
    ['has one only in client input', JSON.stringify({ request: `GET /?"trace_id":"${ID}"` })],
  ])('belongs to no trace if it %s', (_what, text) => {
    expect(read(text)).toBeUndefined();
  });

  it('belongs to the trace from the server, even if client input contains another one', () => {
    const text = JSON.stringify({ request: `"trace_id":"${'f'.repeat(32)}"`, trace_id: ID });
    expect(read(text)?.traceId).toBe(ID);
  });

  it('is truncated, even if its trace ID is after the cut, and the cut is within a character', () => {
    expect(read(`{"m":"ää","trace_id":"${ID}"}`, 7)).toEqual({ traceId: ID, text: '{"m":"\ufffd', isCut: true });
  });

  it('may contain arbitrary bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), fc.uint8Array({ maxLength: 200 }), (before, after) => {
        const datagram = Buffer.concat([before, Buffer.from(`"trace_id":"${ID}"`), after]);
        const line = readLine(datagram, 64);
        expect(Buffer.byteLength(line?.text ?? '')).toBeLessThanOrEqual(3 * 64);
        expect(line === undefined || /^[0-9a-f]{32}$/.test(line.traceId)).toBe(true);
        expect(readLine(Buffer.from(before), 64)?.text.length ?? 0).toBeLessThanOrEqual(64);
      }),
    );
  });
});
