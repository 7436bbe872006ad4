import { DATASOURCE } from '../render/datasource.ts';
import { panelsOf, type Rule } from './rule.ts';

/** Every panel and each of its queries uses the selected data source. */
export const PANEL_DATASOURCE: Rule = {
  name: 'panel-datasource',
  check: (subjects) =>
    panelsOf(subjects).flatMap(({ json, targets, at }) => {
      const uids = [json.datasource?.uid, ...targets.map(({ datasource }) => uidOf(datasource))];
      return uids.every((uid) => uid === DATASOURCE.uid)
        ? []
        : [{ summary: 'A panel and its queries read $datasource and nothing else.', at }];
    }),
};

function uidOf(datasource: unknown): unknown {
  return typeof datasource === 'object' && datasource !== null && 'uid' in datasource ? datasource.uid : undefined;
}
