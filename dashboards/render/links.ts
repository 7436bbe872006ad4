import type { DashboardLink } from '@grafana/schema';
import type { AlertName, NOTIFIER_ALERTS } from '../../alerts/names.ts';
import type { Board, DataPanel } from '../board.ts';
import type { BoardUid } from '../names.ts';

/** Path of the runbooks in Grafana: they are mounted among its static files. */
export const RUNBOOK_PATH = '/public/runbooks';

/** Grafana's URL variables that keep the time range and the data source. */
const TIME_RANGE = '${__url_time_range}';
const SAME_SOURCE = '${datasource:queryparam}';

export function runbookUrl(alert: AlertName | (typeof NOTIFIER_ALERTS)[number]): string {
  return `${RUNBOOK_PATH}/${alert}.md`;
}

/** URL of a board with the same time range and data source, and the selections of variables that are equal there: `host` differs between tiers. */
export function boardUrl(from: Board, to: Board): string {
  const shared = from.variables.filter(({ name, selector, of }) =>
    to.variables.some((other) => other.name === name && other.selector === selector && other.of === of),
  );
  const choices = shared.map(({ name }) => `\${${name}:queryparam}`);
  return `/d/${to.uid}?${[TIME_RANGE, SAME_SOURCE, ...choices].join('&')}`;
}

/** URL of the same board for one value of a variable; `value` is a template of Grafana for the clicked series. */
export function narrowUrl(board: Board, variable: string, value: string): string {
  const others = board.variables.filter(({ name }) => name !== variable).map(({ name }) => `\${${name}:queryparam}`);
  return `/d/${board.uid}?${[TIME_RANGE, SAME_SOURCE, ...others, `var-${variable}=${value}`].join('&')}`;
}

/** Links of a panel: its drill-down, and the runbook of its alert. */
export function panelLinks(panel: DataPanel, board: Board, boards: ReadonlyMap<BoardUid, Board>): DashboardLink[] {
  const target = boards.get(panel.drillDown ?? board.drillDown);
  return [
    ...(target === undefined ? [] : [link(target.title, boardUrl(board, target))]),
    ...(panel.alert === undefined ? [] : [link(`Runbook ${panel.alert}`, runbookUrl(panel.alert))]),
  ];
}

function link(title: string, url: string): DashboardLink {
  return {
    title,
    url,
    type: 'link',
    icon: '',
    tooltip: '',
    tags: [],
    asDropdown: false,
    targetBlank: false,
    includeVars: false,
    keepTime: false,
  };
}

/** Menu of all boards; it keeps the time range. */
export const ALL_BOARDS: DashboardLink = {
  ...link('Boards', ''),
  type: 'dashboards',
  icon: 'external link',
  tags: ['holdfast'],
  asDropdown: true,
  keepTime: true,
};
