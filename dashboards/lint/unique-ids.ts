import { panelJsonsOf, type Rule } from './rule.ts';

/** Grafana's limit. */
const MAX_UID = 40;

/** Boards have unique uids and titles, panels of a board unique IDs and titles: links and users refer to them. */
export const UNIQUE_IDS: Rule = {
  name: 'unique-ids',
  check: (subjects) => {
    const uids = subjects.map(({ dashboard }) => dashboard.uid ?? '');
    const titles = subjects.map(({ dashboard }) => dashboard.title ?? '');
    return [
      ...uids
        .filter((uid) => !/^[\w-]+$/.test(uid) || uid.length > MAX_UID)
        .map((uid) => ({ summary: `The uid must have 1 to ${MAX_UID} letters, digits, - and _.`, at: uid })),
      ...repeated(uids).map((uid) => ({ summary: 'Two boards have this uid.', at: uid })),
      ...repeated(titles).map((title) => ({ summary: 'Two boards have this title.', at: title })),
      ...subjects.flatMap(({ board, dashboard }) => [
        ...repeated((dashboard.panels ?? []).map(({ id }) => String(id))).map((id) => ({
          summary: `Two panels have the id ${id}.`,
          at: board.uid,
        })),
        ...repeated(panelJsonsOf(dashboard).map(({ title = '' }) => title)).map((title) => ({
          summary: `Two panels are called ${title}.`,
          at: board.uid,
        })),
      ]),
    ];
  },
};

function repeated(values: readonly string[]): readonly string[] {
  return [...new Set(values.filter((value, index) => values.indexOf(value) !== index))];
}
