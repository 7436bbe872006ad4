import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it, vi } from 'vitest';
import { counter, gauge, histogram } from '../catalog/metric.ts';
import { collect, type CollectOptions } from './collect.ts';
import type { Collector, Exporter, Sample } from './exporter.ts';
import { makeHistogram } from './histogram.ts';

const METRICS = {
  shop_things: gauge('1', 'Things.', { labels: { kind: ['a', 'b', 'c'] } }),
  shop_sold_total: counter('1', 'Sold.'),
  shop_wait_seconds: histogram('seconds', 'A wait.', { labels: { kind: ['a', 'b'] } }),
};
const never = new Promise<never>(() => undefined);
const disposed = vi.fn();
const session: Disposable = { [Symbol.dispose]: disposed };

function exporterOf(
  collectors: readonly Collector<Disposable>[],
  open = () => Promise.resolve(session),
): Exporter<string, Disposable> {
  return { prefix: 'shop', metrics: METRICS, open, collectors };
}

function options(more: Partial<CollectOptions> = {}): CollectOptions {
  return { deadlineMs: 100, maxSeries: 100, signal: new AbortController().signal, ...more };
}

const things: Collector<Disposable> = {
  name: 'things',
  collect: (_session, emit) => {
    emit({ name: 'shop_things', labels: { kind: 'a' }, value: 3 });
    return Promise.resolve();
  },
};

function valueOf(
  samples: readonly Sample[],
  name: string,
  labels: Readonly<Record<string, string>> = {},
): number | undefined {
  return samples.find(
    (sample) =>
      sample.name === name && Object.entries(labels).every(([label, value]) => sample.labels?.[label] === value),
  )?.value;
}

const success = (samples: readonly Sample[], collector: string) =>
  valueOf(samples, 'shop_scrape_collector_success', { collector });

describe('a scrape of a target', () => {
  it('returns the samples of all collectors and closes the session', async () => {
    const { samples, failures } = await collect(exporterOf([things]), 'x', options());
    expect(valueOf(samples, 'shop_things', { kind: 'a' })).toBe(3);
    expect(valueOf(samples, 'shop_up')).toBe(1);
    expect(success(samples, 'things')).toBe(1);
    expect(failures).toEqual({});
    expect(disposed).toHaveBeenCalled();
  });

  it('reports a target that refuses connections as down', async () => {
    const exporter = exporterOf([things], () => Promise.reject(new Error('refused')));
    const { samples, failures } = await collect(exporter, 'x', options());
    expect(valueOf(samples, 'shop_up')).toBe(0);
    expect(valueOf(samples, 'shop_things')).toBeUndefined();
    expect(failures).toEqual({ open: 'refused' });
  });

  it('ends at the deadline when a target hangs, and closes a session that opens later', async () => {
    const late = Promise.withResolvers<Disposable>();
    const close = vi.fn();
    const { samples, failures } = await collect(
      exporterOf([things], () => late.promise),
      'x',
      options({ deadlineMs: 30 }),
    );
    expect(valueOf(samples, 'shop_up')).toBe(0);
    expect(failures['open']).toBe('no answer in time');
    late.resolve({ [Symbol.dispose]: close });
    await vi.waitFor(() => {
      expect(close).toHaveBeenCalledOnce();
    });
  });

  it('returns the samples of the other collectors when one fails or hangs, and those it emitted before', async () => {
    const half: Collector<Disposable> = {
      name: 'half',
      collect: (_session, emit) => {
        emit({ name: 'shop_things', labels: { kind: 'b' }, value: 5 });
        return Promise.reject(new Error('garbage'));
      },
    };
    const hung: Collector<Disposable> = { name: 'hung', collect: () => never };
    const { samples, failures } = await collect(exporterOf([half, hung, things]), 'x', options({ deadlineMs: 300 }));
    expect(valueOf(samples, 'shop_up')).toBe(1);
    expect(['half', 'hung', 'things'].map((name) => success(samples, name))).toEqual([0, 0, 1]);
    expect(valueOf(samples, 'shop_things', { kind: 'b' })).toBe(5);
    expect(failures).toEqual({ half: 'garbage', hung: 'no answer in time' });
    expect(valueOf(samples, 'shop_scrape_collector_duration_seconds', { collector: 'hung' })).toBeGreaterThan(0.1);
  });

  it('ignores samples that are emitted after the deadline', async () => {
    const slow: Collector<Disposable> = {
      name: 'slow',
      collect: async (_session, emit) => {
        await sleep(40);
        emit({ name: 'shop_things', labels: { kind: 'c' }, value: 1 });
      },
    };
    const { samples } = await collect(exporterOf([slow]), 'x', options({ deadlineMs: 10 }));
    await sleep(60);
    expect(valueOf(samples, 'shop_things')).toBeUndefined();
  });

  it('ends at once when the client has disconnected', async () => {
    const closed = AbortSignal.abort(new Error('closed'));
    const { samples } = await collect(
      exporterOf([things], () => never),
      'x',
      options({ signal: closed, deadlineMs: 60_000 }),
    );
    expect(valueOf(samples, 'shop_up')).toBe(0);
  });

  it('limits a million series to the maximum, and reports how many it dropped', async () => {
    const many: Collector<Disposable> = {
      name: 'many',
      collect: (_session, emit) => {
        for (let kind = 0; kind < 1_000_000; kind += 1)
          emit({ name: 'shop_things', labels: { kind: String(kind) }, value: 1 });
        return Promise.resolve();
      },
    };
    const { samples } = await collect(
      exporterOf([many, things]),
      'x',
      options({ deadlineMs: 60_000, maxSeries: 5_000 }),
    );
    expect(samples.filter(({ name }) => name === 'shop_things')).toHaveLength(5_000);
    // The sample of the other collector is dropped as well: it came after the limit.
    expect(valueOf(samples, 'shop_scrape_series_dropped')).toBe(1_000_000 + 1 - 5_000);
  });

  it('measures durations independently of changes of the system clock', async () => {
    const set = vi.spyOn(Date, 'now');
    let hours = 0;
    const stepping: Collector<Disposable> = {
      name: 'stepping',
      collect: async (_session, emit) => {
        for (const step of [5, -10, 24]) {
          hours += step;
          await sleep(5);
        }
        emit({ name: 'shop_things', labels: { kind: 'a' }, value: 1 });
      },
    };
    const real = Date.now();
    set.mockImplementation(() => real + hours * 3_600_000);
    const { samples, failures } = await collect(exporterOf([stepping]), 'x', options({ deadlineMs: 10_000 }));
    set.mockRestore();
    expect(failures).toEqual({});
    const seconds = valueOf(samples, 'shop_scrape_collector_duration_seconds') ?? -1;
    expect(seconds).toBeGreaterThan(0.01);
    expect(seconds).toBeLessThan(10);
  });

  it('drops series above the limit, and counts a repeated series once', async () => {
    const many: Collector<Disposable> = {
      name: 'many',
      collect: (_session, emit) => {
        for (const kind of ['a', 'b', 'c', 'a']) emit({ name: 'shop_things', labels: { kind }, value: 1 });
        return Promise.resolve();
      },
    };
    const { samples } = await collect(exporterOf([many]), 'x', options({ maxSeries: 2 }));
    expect(samples.filter(({ name }) => name === 'shop_things')).toHaveLength(2);
    expect(valueOf(samples, 'shop_scrape_series_dropped')).toBe(1);
  });

  it('counts every series of a histogram towards the limit', async () => {
    const waits: Collector<Disposable> = {
      name: 'waits',
      collect: (_session, emit) => {
        for (const kind of ['a', 'b'])
          emit({ name: 'shop_wait_seconds', labels: { kind }, histogram: makeHistogram([1, 2]).read() });
        return Promise.resolve();
      },
    };
    const { samples } = await collect(exporterOf([waits]), 'x', options({ maxSeries: 9 }));
    expect(samples.filter(({ name }) => name === 'shop_wait_seconds')).toHaveLength(1);
    expect(valueOf(samples, 'shop_scrape_series_dropped')).toBe(5);
  });

  it.each([
    ['a number for a histogram', { name: 'shop_wait_seconds', labels: { kind: 'a' }, value: 1 }, /is a histogram/],
    ['a metric that is not declared', { name: 'shop_surprise', value: 1 }, /not declared by this exporter/],
    [
      'a label that is not declared',
      { name: 'shop_sold_total', labels: { colour: 'red' }, value: 1 },
      /has the labels none, not colour/,
    ],
    ['a label that is missing', { name: 'shop_things', value: 1 }, /has the labels kind, not none/],
  ])('fails a collector for %s', async (_what, sample, message) => {
    const wrong: Collector<Disposable> = {
      name: 'wrong',
      collect: (_session, emit) => {
        emit(sample);
        return Promise.resolve();
      },
    };
    const { samples, failures } = await collect(exporterOf([wrong]), 'x', options());
    expect(success(samples, 'wrong')).toBe(0);
    expect(failures['wrong']).toMatch(message);
  });
});
