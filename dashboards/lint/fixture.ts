import type { Dashboard, Panel as PanelJson } from '@grafana/schema';
import { makeTopology } from '../../deploy/model/topology.ts';
import type { Board, DataPanel, Query } from '../board.ts';
import { renderBoard } from '../render/render-board.ts';
import { lintContextOf } from '../topology-lint-context.ts';
import { panelJsonsOf, type Rule } from './rule.ts';

export const CONTEXT = lintContextOf(makeTopology());

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

/** A board without problems. */
export const VALID_BOARD: Board = {
  uid: 'holdfast-app',
  title: 'Application',
  question: 'Is it healthy?',
  domains: ['app'],
  drillDown: 'holdfast-database',
  variables: [{ name: 'host', label: 'Host', selector: 'up{tier="app"}', of: 'host' }],
  rows: [{ title: 'All', panels: [ERRORS, LATENCY] }],
};

/** The valid board with one more panel, with this query and these properties. */
export function withPanel(query: Query, differences: Partial<DataPanel> = {}): Board {
  const panel = {
    kind: 'timeseries',
    title: 'Another',
    description: 'One more panel of the test.',
    unit: 'short',
    queries: [query],
    ...differences,
  } as DataPanel;
  return { ...VALID_BOARD, rows: [...VALID_BOARD.rows, { title: 'More', panels: [panel] }] };
}

/** Findings of a rule for a board; `change` modifies its rendered JSON. */
export function findingsOf(
  rule: Rule,
  board: Board = VALID_BOARD,
  change: (dashboard: Dashboard) => void = () => undefined,
): readonly string[] {
  const dashboard = structuredClone(renderBoard(board, CONTEXT));
  change(dashboard);
  return rule.check([{ board, dashboard }], CONTEXT).map(({ summary, at }) => `${at}: ${summary}`);
}

/** Changes the panel with a title. */
export function changePanel(title: string, change: (panel: PanelJson) => void): (dashboard: Dashboard) => void {
  return (dashboard) => {
    for (const panel of panelJsonsOf(dashboard)) if (panel.title === title) change(panel);
  };
}
