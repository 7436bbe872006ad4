import { describe, expect, it } from 'vitest';
import { currentTrace, inSpan, inTrace, RequestTrace, traceFields } from './request-trace.ts';

const SPAN = { name: 'product', attributes: { 'db.system.name': 'mysql' } };
const ended = (trace: RequestTrace): boolean => {
  let isSettled = false;
  trace.end(() => {
    isSettled = true;
  });
  return isSettled;
};

describe('inSpan', () => {
  it('records operations of a request, and the type of a failure without its text', async () => {
    const trace = new RequestTrace(undefined);
    const busy = Object.assign(new Error("Duplicate entry 'secret@example.com' for key"), { code: 'ER_DUP_ENTRY' });
    await inTrace(trace, async () => {
      expect(await inSpan(SPAN, () => Promise.resolve(1))).toBe(1);
      await expect(inSpan({ ...SPAN, kind: 'internal' }, () => Promise.reject(busy))).rejects.toBe(busy);
    });
    expect(trace.spans).toMatchObject([
      { name: 'product', kind: 'client', errorType: undefined },
      { kind: 'internal', errorType: 'ER_DUP_ENTRY' },
    ]);
    expect(trace.spans.every(({ startMs, endMs = 0 }) => endMs >= startMs)).toBe(true);
    expect(JSON.stringify(trace)).not.toContain('secret');
  });

  it('runs work outside of a request', async () => {
    expect(currentTrace()).toBeUndefined();
    expect(await inSpan(SPAN, () => Promise.resolve(1))).toBe(1);
    expect(traceFields()).toEqual({});
  });

  it('records a bounded number of spans and counts the others', async () => {
    const trace = new RequestTrace(undefined);
    await inTrace(trace, async () => {
      for (let index = 0; index < 200; index += 1) {
        await inSpan(SPAN, () => Promise.resolve());
        currentTrace()?.retry('lost');
      }
    });
    expect(trace.spans).toHaveLength(128);
    expect(trace.droppedSpans).toBe(72);
    expect(trace.events).toHaveLength(128);
  });
});

describe('RequestTrace', () => {
  it('continues the trace of the caller and adds it to log fields', () => {
    const trace = new RequestTrace({ traceId: 'a'.repeat(32), spanId: 'b'.repeat(16) });
    expect(inTrace(trace, traceFields)).toEqual({ trace_id: 'a'.repeat(32), span_id: trace.spanId });
    expect(trace.spanId).toMatch(/^[0-9a-f]{16}$/);
    expect(trace.parentId).toBe('b'.repeat(16));
  });

  it("adds the client's own trace to log fields", () => {
    const client = { traceId: 'c'.repeat(32), spanId: 'd'.repeat(16) };
    const trace = new RequestTrace({ traceId: 'a'.repeat(32), spanId: 'b'.repeat(16) }, client);
    const fields = inTrace(trace, traceFields);
    expect(fields).toEqual({ trace_id: 'a'.repeat(32), span_id: trace.spanId, client_trace_id: 'c'.repeat(32) });
  });

  it('is settled at its end, or with its last open span', () => {
    expect(ended(new RequestTrace(undefined))).toBe(true);
    const trace = new RequestTrace(undefined);
    const spans = ['one', 'two'].map((name) => trace.begin(name, 'client', {}));
    let isSettled = false;
    trace.end(() => {
      isSettled = true;
    });
    for (const span of spans) {
      expect(isSettled).toBe(false);
      if (span !== undefined) trace.finish(span);
    }
    expect(isSettled).toBe(true);
    expect(trace.begin('late', 'client', {})).toBeUndefined();
  });
});
