import { runbookUrl } from '../render/links.ts';
import { panelsOf, type Rule } from './rule.ts';

/** Every panel links to an existing board with the same time range and data source, and to the runbook of its alert. */
export const LINKS: Rule = {
  name: 'links',
  check: (subjects, context) =>
    panelsOf(subjects).flatMap(({ panel, json, at }) => {
      const urls = (json.links ?? []).map(({ url = '' }) => url);
      const boards = urls.filter((url) => url.startsWith('/d/'));
      const unknown = boards.filter((url) => ![...context.boards.keys()].some((uid) => url.startsWith(`/d/${uid}?`)));
      const incomplete = boards.filter(
        (url) => !url.includes('${__url_time_range}') || !url.includes('${datasource:queryparam}'),
      );
      return [
        ...(boards.length === 0 ? [{ summary: 'A panel leads to no other board.', at }] : []),
        ...unknown.map((url) => ({ summary: `There is no board ${url}.`, at })),
        ...incomplete.map((url) => ({ summary: `${url} forgets the time range or the data source.`, at })),
        ...(panel.alert === undefined || urls.includes(runbookUrl(panel.alert))
          ? []
          : [{ summary: `There is no link to the runbook of ${panel.alert}.`, at }]),
      ];
    }),
};
