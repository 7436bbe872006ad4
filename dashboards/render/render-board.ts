import {
  DashboardCursorSync,
  defaultDashboard,
  type Dashboard,
  type Panel as PanelJson,
  type RowPanel,
} from '@grafana/schema';
import { NOTIFIER_ALERTS } from '../../alerts/names.ts';
import type { Board, TextPanel } from '../board.ts';
import type { LintContext } from '../lint-context.ts';
import { renderAnnotations } from './annotations.ts';
import { placePanels } from './grid.ts';
import { ALL_BOARDS, runbookUrl } from './links.ts';
import { renderPanel } from './render-panel.ts';
import { DATASOURCE_VARIABLE, renderVariable } from './variables.ts';

/** Renders a board in Grafana's classic JSON model, the only one that its file provisioning reads. */
export function renderBoard(board: Board, context: LintContext): Dashboard {
  const panels: (PanelJson | RowPanel)[] = [];
  let id = 0;
  let y = 0;
  for (const row of [...board.rows, aboutRow(board, context)]) {
    panels.push({
      id: ++id,
      type: 'row',
      title: row.title,
      collapsed: false,
      panels: [],
      gridPos: { x: 0, y, w: 24, h: 1 },
    });
    const { places, end } = placePanels(row.panels, y + 1);
    row.panels.forEach((panel, index) => {
      const gridPos = places[index];
      panels.push({
        id: ++id,
        ...(gridPos === undefined ? {} : { gridPos }),
        ...renderPanel(panel, { board, context }),
      });
    });
    y = end;
  }
  return {
    ...defaultDashboard,
    schemaVersion: 42,
    uid: board.uid,
    title: board.title,
    description: board.question,
    tags: ['holdfast'],
    editable: false,
    graphTooltip: DashboardCursorSync.Crosshair,
    time: { from: 'now-30m', to: 'now' },
    refresh: '10s',
    timezone: 'browser',
    templating: { list: [DATASOURCE_VARIABLE, ...board.variables.map(renderVariable)] },
    annotations: { list: renderAnnotations() },
    links: [ALL_BOARDS],
    panels,
  };
}

/** The question of the board, and links to the runbooks of its alerts. */
function aboutRow(
  board: Board,
  context: LintContext,
): { readonly title: string; readonly panels: readonly TextPanel[] } {
  const alerts = [...context.alerts.values()].filter(({ domain }) => board.domains.includes(domain));
  const notifierAlerts = board.domains.includes('monitor') ? [...NOTIFIER_ALERTS] : [];
  const lines = [
    ...alerts.map(({ name, summary }) => `- [${name}](${runbookUrl(name)}) – ${plainText(summary)}`),
    ...notifierAlerts.map((name) => `- [${name}](${runbookUrl(name)}) – raised by a notifier itself`),
  ];
  const runbooks = lines.length === 0 ? '' : `\n\nRunbooks of the alerts that belong here:\n\n${lines.join('\n')}`;
  return {
    title: 'About',
    panels: [{ kind: 'text', title: 'About this board', markdown: `**${board.question}**${runbooks}` }],
  };
}

/** A summary with placeholders instead of template expressions. */
function plainText(summary: string): string {
  return summary.replace(/\{\{\s*\$(?:labels\.)?(\w+)[^}]*\}\}/g, '‹$1›');
}
