import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DEFAULT_POOL, resize, serveSecond, type PoolState } from './pool.ts';

const pool = (change: Partial<PoolState>): PoolState => ({ ready: 2, starting: [], queued: 0, ...change });

describe('a second', () => {
  it('below capacity has as many busy workers as the rate times the service time', () => {
    const { second, state } = serveSecond(DEFAULT_POOL, pool({}), 400);
    expect(second).toMatchObject({ busy: 20, queued: 0, refused: 0, isOutOfSlo: false });
    expect(second.latencySeconds).toBeCloseTo(0.05, 2);
    expect(state.queued).toBe(0);
  });

  it('above capacity queues, and the backlog adds its waiting time', () => {
    // Two hosts serve 640 requests per second.
    const { second } = serveSecond(DEFAULT_POOL, pool({}), 960);
    expect(second).toMatchObject({ busy: 32, queued: 320, refused: 0, isOutOfSlo: true });
    expect(second.latencySeconds).toBeGreaterThan(0.5);
  });

  it('refuses what would wait longer than the queue allows', () => {
    expect(serveSecond(DEFAULT_POOL, pool({ queued: 1_280 }), 700).second).toMatchObject({
      queued: 1_280,
      refused: 60,
    });
  });

  it('loses no request', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 8 }), fc.nat(3_000), fc.nat(3_000), (ready, queued, arrived) => {
        const { second } = serveSecond(DEFAULT_POOL, pool({ ready, queued }), arrived);
        const served = second.busy / DEFAULT_POOL.serviceSeconds;
        expect(served + second.queued + second.refused).toBeCloseTo(queued + arrived, 6);
      }),
    );
  });
});

describe('hosts', () => {
  it('are in rotation after the start-up time', () => {
    let state = resize(DEFAULT_POOL, pool({}), 3);
    const ready = Array.from({ length: 7 }, () => {
      const served = serveSecond(DEFAULT_POOL, state, 0);
      ({ state } = served);
      return served.second.ready;
    });
    expect(ready).toEqual([2, 2, 2, 2, 2, 3, 3]);
  });

  it('that are starting are stopped before others', () => {
    expect(resize(DEFAULT_POOL, pool({ starting: [1, 3] }), 3)).toMatchObject({ ready: 2, starting: [1] });
    expect(resize(DEFAULT_POOL, pool({ ready: 5, starting: [1] }), 2)).toMatchObject({ ready: 2, starting: [] });
  });
});
