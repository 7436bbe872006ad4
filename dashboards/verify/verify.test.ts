import { describe, expect, it } from 'vitest';
import { DRILL } from '../../deploy/model/profile.ts';
import { mergeVerdicts } from '../../kit/verdict.ts';
import { renderFindings } from '../commands.ts';
import { VALID_BOARD, withPanel } from '../lint/fixture.ts';
import type { Answer, PanelSource } from './panel-source.ts';
import { verify, type Finding } from './verify.ts';

const DATA: Answer = { kind: 'data', samples: 3, series: [] };
const NOTHING: Answer = { kind: 'data', samples: 0, series: [] };

/** A source that has data for all queries, except for those that `answer` overrides. */
function stack(answer: (expr: string) => Answer | undefined = () => undefined, hosts = ['app1', 'app2']): PanelSource {
  const ask = (expr: string): Promise<Answer> => Promise.resolve(answer(expr) ?? DATA);
  return { instant: ask, range: ask, labelValues: () => Promise.resolve(hosts) };
}

async function findings(source: PanelSource, board = VALID_BOARD): Promise<readonly Finding[]> {
  return verify({ boards: [board], source, timings: DRILL.monitoring, exists: (name) => name !== 'unexposed_total' });
}

const notHeld = (all: readonly Finding[]) =>
  all
    .filter(({ verdict }) => verdict !== 'held')
    .map(({ verdict, panel, query, said }) => [verdict, panel, query, said]);

describe('verification', () => {
  it('holds when all queries have data, and substitutes the values of variables', async () => {
    const queries: string[] = [];
    const all = await findings(
      stack((expr) => {
        queries.push(expr);
        return undefined;
      }),
    );
    expect(mergeVerdicts(all.map(({ verdict }) => verdict))).toBe('held');
    expect(queries.join()).not.toContain('$');
    expect(queries[0]).toContain('host=~"(app1|app2)"');
    expect(queries[0]).toContain('[60s]');
  });

  it('is violated by a query that is refused, and by one without data', async () => {
    const board = withPanel({ expr: 'sum(up)', legend: 'up' });
    expect(
      notHeld(
        await findings(
          stack((expr) => (expr === 'sum(up)' ? NOTHING : undefined)),
          board,
        ),
      ),
    ).toEqual([['violated', 'Another', 'A', 'has no data']]);
    const refused: Answer = { kind: 'refused', why: 'parse error' };
    expect(
      notHeld(
        await findings(
          stack((expr) => (expr === 'sum(up)' ? refused : undefined)),
          board,
        ),
      ),
    ).toEqual([['violated', 'Another', 'A', 'is refused: parse error']]);
  });

  it('is unknown when Prometheus is unreachable', async () => {
    const all = await findings(stack(() => ({ kind: 'unreachable', why: 'status 503' })));
    expect(mergeVerdicts(all.map(({ verdict }) => verdict))).toBe('unknown');
  });

  it('allows an empty panel for a declared reason, but not with a metric that is not exposed', async () => {
    const emptyWhen = 'nothing was ordered';
    const empty = stack((expr) => (expr.startsWith('sum(rate') ? NOTHING : undefined));
    const declared = withPanel({ expr: 'sum(rate(orders_total[$__rate_interval]))', legend: 'orders', emptyWhen });
    expect(notHeld(await findings(empty, declared))).toEqual([]);
    const unexposed = withPanel({
      expr: 'sum(rate(unexposed_total[$__rate_interval]))',
      legend: 'unexposed',
      emptyWhen,
    });
    expect(notHeld(await findings(empty, unexposed))).toEqual([
      ['violated', 'Another', 'A', 'queries metrics that no target exposes: unexposed_total'],
    ]);
  });

  it('is violated by a variable without values', async () => {
    expect(notHeld(await findings(stack(undefined, [])))).toEqual([
      ['violated', 'variable', '$host', 'has no value to choose'],
    ]);
  });

  it('names board, panel, query and monitor of each failed query', async () => {
    const all = await findings(stack((expr) => (expr.startsWith('sum by (le)') ? NOTHING : undefined)));
    const said = renderFindings(all.map((finding) => ({ ...finding, monitor: 'mon1' })));
    expect(said).toContain('violated: holdfast-app / Latency / A has no data (mon1)\n    sum by (le)');
    expect(said).toMatch(/\d+ of \d+ queries give what they should/);
  });
});
