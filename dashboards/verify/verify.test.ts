import { describe, expect, it } from 'vitest';
import { DRILL } from '../../deploy/model/profile.ts';
import { mergeVerdicts } from '../../kit/verdict.ts';
import { renderFindings } from '../commands.ts';
import { WELL, withPanel } from '../lint/fixture.ts';
import type { Answer, PanelSource } from './panel-source.ts';
import { verify, type Finding } from './verify.ts';

const DATA: Answer = { kind: 'data', samples: 3, series: [] };
const NOTHING: Answer = { kind: 'data', samples: 0, series: [] };

/** A stack in which everything has data but the queries that `answer` knows better. */
function stack(answer: (expr: string) => Answer | undefined = () => undefined, hosts = ['app1', 'app2']): PanelSource {
  const ask = (expr: string): Promise<Answer> => Promise.resolve(answer(expr) ?? DATA);
  return { now: ask, course: ask, labelValues: () => Promise.resolve(hosts) };
}

async function findings(source: PanelSource, board = WELL): Promise<readonly Finding[]> {
  return verify({ boards: [board], source, watch: DRILL.monitoring, exists: (name) => name !== 'gone_total' });
}

const notHeld = (all: readonly Finding[]) =>
  all
    .filter(({ verdict }) => verdict !== 'held')
    .map(({ verdict, panel, query, said }) => [verdict, panel, query, said]);

describe('verification', () => {
  it('holds where everything has data, and asks with what can be chosen', async () => {
    const asked: string[] = [];
    const all = await findings(
      stack((expr) => {
        asked.push(expr);
        return undefined;
      }),
    );
    expect(mergeVerdicts(all.map(({ verdict }) => verdict))).toBe('held');
    expect(asked.join()).not.toContain('$');
    expect(asked[0]).toContain('host=~"(app1|app2)"');
    expect(asked[0]).toContain('[60s]');
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

  it('is unknown where Prometheus could not be asked', async () => {
    const all = await findings(stack(() => ({ kind: 'unreachable', why: 'status 503' })));
    expect(mergeVerdicts(all.map(({ verdict }) => verdict))).toBe('unknown');
  });

  it('lets a panel be empty for a reason, but not of a metric that nobody exposes', async () => {
    const emptyWhen = 'nothing was ordered';
    const empty = stack((expr) => (expr.startsWith('sum(rate') ? NOTHING : undefined));
    const declared = withPanel({ expr: 'sum(rate(orders_total[$__rate_interval]))', legend: 'orders', emptyWhen });
    expect(notHeld(await findings(empty, declared))).toEqual([]);
    const gone = withPanel({ expr: 'sum(rate(gone_total[$__rate_interval]))', legend: 'gone', emptyWhen });
    expect(notHeld(await findings(empty, gone))).toEqual([
      ['violated', 'Another', 'A', 'reads what nobody exposes: gone_total'],
    ]);
  });

  it('is violated by a variable without values', async () => {
    expect(notHeld(await findings(stack(undefined, [])))).toEqual([
      ['violated', 'variable', '$host', 'has no value to choose'],
    ]);
  });

  it('names board, panel, query and monitor of what does not hold', async () => {
    const all = await findings(stack((expr) => (expr.startsWith('sum by (le)') ? NOTHING : undefined)));
    const said = renderFindings(all.map((finding) => ({ ...finding, monitor: 'mon1' })));
    expect(said).toContain('violated: holdfast-app / Latency / A has no data (mon1)\n    sum by (le)');
    expect(said).toMatch(/\d+ of \d+ queries give what they should/);
  });
});
