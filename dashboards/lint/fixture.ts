import type { Dashboard, Panel as PanelJson } from '@grafana/schema';
import { makeTopology } from '../../deploy/model/topology.ts';
import type { Board, DataPanel, Query } from '../board.ts';
import { renderBoard } from '../render/render-board.ts';
import { worldOf } from '../topology-lint-context.ts';
import { panelJsonsOf, type Rule } from './rule.ts';

export const WORLD = worldOf(makeTopology());

const ERRORS: DataPanel = {
  kind: 'timeseries',
  title: 'Errors',
  description: 'Share of requests that were answered with 5xx.',
  unit: 'percentunit',
  alert: 'HighErrorRate',
  queries: [
    {
      expr: 'sum by (host) (rate(http_request_duration_seconds_count{job="app",host=~"$host",status_code=~"5.."}[$__rate_interval])) / sum by (host) (rate(http_request_duration_seconds_count{job="app",host=~"$host"}[$__rate_interval]))',
      legend: '{{host}}',
    },
  ],
};

const LATENCY: DataPanel = {
  kind: 'heatmap',
  title: 'Latency',
  description: 'How many requests took how long.',
  unit: 's',
  queries: [
    { expr: 'sum by (le) (increase(http_request_duration_seconds_bucket[$__rate_interval]))', legend: '{{le}}' },
  ],
};

/** A board that every rule is content with. */
export const WELL: Board = {
  uid: 'holdfast-app',
  title: 'Application',
  question: 'Is it well?',
  domains: ['app'],
  drillDown: 'holdfast-database',
  variables: [{ name: 'host', label: 'Host', selector: 'up{tier="app"}', of: 'host' }],
  rows: [{ title: 'All', panels: [ERRORS, LATENCY] }],
};

/** The well board with one more panel, of this query and these differences. */
export function withPanel(query: Query, differences: Partial<DataPanel> = {}): Board {
  const panel = {
    kind: 'timeseries',
    title: 'Another',
    description: 'One more panel than before.',
    unit: 'short',
    queries: [query],
    ...differences,
  } as DataPanel;
  return { ...WELL, rows: [...WELL.rows, { title: 'More', panels: [panel] }] };
}

/** What a rule finds in a board; `change` spoils the JSON that it was rendered to. */
export function findingsOf(
  rule: Rule,
  board: Board = WELL,
  change: (dashboard: Dashboard) => void = () => undefined,
): readonly string[] {
  const dashboard = structuredClone(renderBoard(board, WORLD));
  change(dashboard);
  return rule.check([{ board, dashboard }], WORLD).map(({ summary, at }) => `${at}: ${summary}`);
}

/** Spoils the panel of a title. */
export function spoil(title: string, change: (panel: PanelJson) => void): (dashboard: Dashboard) => void {
  return (dashboard) => {
    for (const panel of panelJsonsOf(dashboard)) if (panel.title === title) change(panel);
  };
}
