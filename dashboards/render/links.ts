import type { DashboardLink } from '@grafana/schema';
import type { AlertName, NOTIFIER_ALERTS } from '../../alerts/names.ts';
import type { Board, DataPanel } from '../board.ts';
import type { BoardUid } from '../names.ts';

/** Where Grafana serves the tracked runbooks: they are mounted among its static files. */
export const RUNBOOK_PATH = '/public/runbooks';

/** Variables that Grafana puts into an address: what is looked at stays the same. */
const TIME_RANGE = '${__url_time_range}';
const SAME_SOURCE = '${datasource:queryparam}';

export function runbookUrl(alert: AlertName | (typeof NOTIFIER_ALERTS)[number]): string {
  return `${RUNBOOK_PATH}/${alert}.md`;
}

/** A board at the same time range and source, with the choices that mean the same there: `host` of one tier is no host of another. */
export function boardUrl(from: Board, to: Board): string {
  const kept = from.variables.filter(({ name, selector, of }) =>
    to.variables.some((other) => other.name === name && other.selector === selector && other.of === of),
  );
  const choices = kept.map(({ name }) => `\${${name}:queryparam}`);
  return `/d/${to.uid}?${[TIME_RANGE, SAME_SOURCE, ...choices].join('&')}`;
}

/** The same board for one value of one of its variables: that of what was clicked, `value` in Grafana's words. */
export function narrowUrl(board: Board, variable: string, value: string): string {
  const others = board.variables.filter(({ name }) => name !== variable).map(({ name }) => `\${${name}:queryparam}`);
  return `/d/${board.uid}?${[TIME_RANGE, SAME_SOURCE, ...others, `var-${variable}=${value}`].join('&')}`;
}

/** The links of a panel: its drill-down and, where an alert watches it, what to do then. */
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

/** All boards, one click away at the same time range. */
export const ALL_BOARDS: DashboardLink = {
  ...link('Boards', ''),
  type: 'dashboards',
  icon: 'external link',
  tags: ['holdfast'],
  asDropdown: true,
  keepTime: true,
};
