import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ROOT } from '../../kit/paths.ts';
import { seriesOf, type Series } from './catalog.ts';
import { checkMixins } from './check-mixins.ts';
import { EXCLUDED_METRICS, type ExcludedMetrics } from './excluded-metrics.ts';
import { counter, gauge, summary } from './metric.ts';
import { MIXINS } from './mixin-metrics.ts';

describe('the series that community mixins read', () => {
  it('are exposed with the same labels, or excluded with a reason', () => {
    expect(checkMixins({ mixins: MIXINS, excluded: EXCLUDED_METRICS, series: seriesOf() })).toEqual([]);
  });

  it('have a source: a commit of a repository', () => {
    for (const { repository, commit, folder, reads } of Object.values(MIXINS)) {
      expect(`${repository}@${commit}`).toMatch(/^[\w-]+\/[\w-]+@[0-9a-f]{40}$/);
      expect(folder).not.toBe('');
      expect(reads.length).toBeGreaterThan(5);
    }
  });

  const evidence = EXCLUDED_METRICS.flatMap(({ why, evidence = [] }) => evidence.map((shown) => ({ why, ...shown })));
  it.each(evidence)('are excluded for a reason that holds: $why ($file)', ({ file, has, lacks }) => {
    const text = readFileSync(join(ROOT, file), 'utf8');
    expect(has !== undefined || lacks !== undefined).toBe(true);
    if (has !== undefined) expect(text).toMatch(has);
    if (lacks !== undefined) expect(text).not.toMatch(lacks);
  });
});

describe('a check of mixins', () => {
  const METRICS = {
    shop_requests_total: counter('1', 'Requests.', { labels: { code: ['2xx', '5xx'] } }),
    shop_wait_seconds: summary('seconds', 'A wait.'),
    shop_open: gauge('1', 'Whether it is open.'),
  };
  const series = seriesOf([{ job: 'shop', coverage: 'complete', metrics: METRICS }]);
  const codes = (reads: readonly string[], excluded: readonly ExcludedMetrics[] = []) =>
    checkMixins({
      mixins: { shop: { repository: 'some/shop', commit: '', folder: '', reads } },
      excluded,
      series,
    }).map(({ code, at }) => [code, at]);
  const because = (...metrics: readonly string[]): ExcludedMetrics => ({
    why: 'The shop has no such metric in this test.',
    metrics,
  });

  it('finds no problem where names, labels, values and quantiles are exposed', () => {
    expect(
      codes([
        'shop_open{host}',
        'shop_requests_total{code=2xx|5..}',
        'shop_wait_seconds{quantile=0.9}',
        'shop_wait_seconds_sum',
      ]),
    ).toEqual([]);
  });

  it.each([
    ['a name', 'shop_closed', 'shop_closed'],
    ['a label', 'shop_open{entrance}', 'shop_open{entrance}'],
    ['a value of a label', 'shop_requests_total{code=2xx|404}', 'shop_requests_total{code=404}'],
  ])('finds %s that is neither exposed nor excluded, and accepts an exclusion', (_what, read, gap) => {
    expect(codes([read])).toEqual([['no-reason', gap]]);
    expect(codes([read], [because(gap)])).toEqual([]);
  });

  it('finds exclusions that are exposed, or that no mixin reads', () => {
    expect(codes(['shop_open'], [because('shop_open')])).toEqual([['not-missing', 'shop_open']]);
    expect(codes([], [because('shop_closed')])).toEqual([['not-missing', 'shop_closed']]);
  });

  it('finds duplicates', () => {
    expect(codes(['shop_closed'], [because('shop_closed'), because('shop_closed')])).toEqual([
      ['twice', 'shop_closed'],
    ]);
    expect(codes(['shop_open', 'shop_open'])).toEqual([['twice', 'shop_open']]);
  });

  it('finds a reason that is not a sentence, an empty exclusion, and an unknown replacement', () => {
    expect(codes(['shop_closed'], [{ why: 'no', metrics: ['shop_closed'] }])).toEqual([['reason', 'shop_closed']]);
    expect(codes([], [because()])).toEqual([['reason', '']]);
    expect(codes(['shop_closed'], [{ ...because('shop_closed'), instead: ['shop_open', 'shop_shut'] }])).toEqual([
      ['instead', 'shop_closed'],
    ]);
  });

  it('finds the mistakes of the past: an own name, a missing label, an incomplete list of values', () => {
    const all = seriesOf();
    const wrong = (name: string, labels: Series['labels'] | undefined) => {
      const one = all.get(name);
      if (one === undefined) throw new Error(`${name} is missing in the catalogue`);
      const changed = new Map(all);
      if (labels === undefined) changed.delete(name);
      else changed.set(name, { ...one, labels });
      return checkMixins({ mixins: MIXINS, excluded: EXCLUDED_METRICS, series: changed }).map(({ at }) => at);
    };
    const without = (name: string, label: string): Series['labels'] =>
      Object.fromEntries(Object.entries(all.get(name)?.labels ?? {}).filter(([own]) => own !== label));
    expect(wrong('varnish_main_sessions_total', undefined)).toEqual(['varnish_main_sessions_total']);
    expect(wrong('redis_instance_info', without('redis_instance_info', 'role'))).toEqual(['redis_instance_info{role}']);
    expect(wrong('redis_sentinel_master_status', without('redis_sentinel_master_status', 'master_address'))).toEqual([
      'redis_sentinel_master_status{master_address}',
    ]);
    expect(wrong('mysql_global_status_commands_total', { command: ['select', 'commit'] })).toEqual([
      'mysql_global_status_commands_total{command=rollback}',
    ]);
  });
});
