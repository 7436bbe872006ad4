import { describe, expect, it } from 'vitest';
import { makeTopology } from '../../deploy/model/topology.ts';
import { BOARDS } from '../boards.ts';
import { BOARD_UIDS } from '../names.ts';
import { renderDashboardFiles } from '../generated.ts';
import { VALID_BOARD, withPanel, CONTEXT } from '../lint/fixture.ts';
import { panelJsonsOf } from '../lint/rule.ts';
import { boardUrl, narrowUrl } from './links.ts';
import { renderBoard } from './render-board.ts';

const [overview, app] = ['holdfast-overview', 'holdfast-app'].map((uid) => BOARDS.find((board) => board.uid === uid));

describe('links', () => {
  it('keep the time range and the data source, and selections of variables that are equal there', () => {
    const same = { ...VALID_BOARD, uid: 'holdfast-chaos' } as const;
    const other = { ...same, variables: [{ name: 'host', label: 'Host', selector: 'up{tier="lb"}', of: 'host' }] };
    expect(boardUrl(VALID_BOARD, same)).toBe(
      '/d/holdfast-chaos?${__url_time_range}&${datasource:queryparam}&${host:queryparam}',
    );
    expect(boardUrl(VALID_BOARD, other)).toBe('/d/holdfast-chaos?${__url_time_range}&${datasource:queryparam}');
  });

  it('narrow a board to the clicked value', () => {
    expect(narrowUrl(VALID_BOARD, 'host', '${__field.labels.host}')).toBe(
      '/d/holdfast-app?${__url_time_range}&${datasource:queryparam}&var-host=${__field.labels.host}',
    );
  });
});

describe('a rendered board', () => {
  const [errors, latency, about] = panelJsonsOf(renderBoard(VALID_BOARD, CONTEXT));

  it('draws the threshold of the alert, links to its runbook and narrows by host', () => {
    expect(errors?.fieldConfig?.defaults.thresholds?.steps).toEqual([
      { value: null, color: 'green' },
      { value: 0.02, color: 'red' },
    ]);
    expect(errors?.links?.map(({ title }) => title)).toEqual(['Database', 'Runbook HighErrorRate']);
    expect(errors?.fieldConfig?.defaults.links).toEqual([
      expect.objectContaining({ title: 'Only this host: ${__field.labels.host}' }),
    ]);
  });

  it('shows exemplars on buckets', () => {
    expect(latency?.targets?.[0]).toMatchObject({ format: 'heatmap', exemplar: true, range: true, instant: false });
  });

  it('ends with its question and the runbooks of its domains', () => {
    const content = about?.options?.['content'];
    expect(content).toContain('**Is it healthy?**');
    expect(content).toContain('[AppHostLost](/public/runbooks/AppHostLost.md) – Application host ‹host› is down');
  });
});

describe('a table', () => {
  it('names its columns, and narrows by the cell of the row', () => {
    const board = withPanel(
      { expr: 'sum by (host) (up{job="app"})', legend: 'Up' },
      { kind: 'table', columns: { host: 'Host' } },
    );
    const table = panelJsonsOf(renderBoard(board, CONTEXT)).find(({ title }) => title === 'Another');
    expect(table?.transformations).toEqual([
      {
        id: 'organize',
        options: {
          excludeByName: { Time: true },
          indexByName: { host: 0, Value: 1 },
          renameByName: { host: 'Host', Value: 'Up' },
        },
      },
    ]);
    expect(JSON.stringify(table?.fieldConfig?.defaults.links)).toContain('var-host=${__data.fields[\\"Host\\"]}');
  });
});

describe('the boards', () => {
  it('are exactly those with uids, and each has a file', () => {
    expect(BOARDS.map(({ uid }) => uid).toSorted()).toEqual([...BOARD_UIDS].toSorted());
    expect([...renderDashboardFiles(makeTopology()).keys()]).toEqual(
      BOARDS.map(({ uid }) => `dashboards/generated/${uid}.json`),
    );
  });

  it('list the runbook of every alert', () => {
    const listed = new Set(BOARDS.flatMap(({ domains }) => domains));
    expect([...CONTEXT.alerts.values()].filter(({ domain }) => !listed.has(domain)).map(({ name }) => name)).toEqual(
      [],
    );
  });

  it('link from the overview to every tier', () => {
    const targets = panelJsonsOf(renderBoard(overview ?? VALID_BOARD, CONTEXT)).flatMap(({ links = [] }) =>
      links.map(({ url = '' }) => /^\/d\/([\w-]+)/.exec(url)?.[1]),
    );
    expect(targets).toEqual(
      expect.arrayContaining([
        'holdfast-lb',
        'holdfast-app',
        'holdfast-database',
        'holdfast-cache',
        'holdfast-monitors',
      ]),
    );
    expect(app?.drillDown).toBe('holdfast-database');
  });
});
