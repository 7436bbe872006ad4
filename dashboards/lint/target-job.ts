import { CATALOG } from '../../exporters/catalog/catalog.ts';
import { SCRAPE } from '../../exporters/catalog/monitors.ts';
import { childOf, findAll, parsePromql } from '../../exporters/promql/syntax.ts';
import { plain } from '../world.ts';
import { panelsOf, type Rule } from './rule.ts';

/** What several jobs expose by one name is told apart: by a matcher of `job` or `tier`, or by an aggregation that keeps the job. */
export const TARGET_JOB: Rule = {
  name: 'target-job',
  check: (subjects) => {
    const shared = namesOfSeveralJobs();
    return panelsOf(subjects).flatMap(({ board, targets, at }) =>
      targets.flatMap(({ expr, refId }) => {
        const selectors = findAll(parsePromql(plain(expr, board.variables)), 'VectorSelector');
        return selectors
          .filter((selector) => shared.has(childOf(selector, 'Identifier')?.text ?? ''))
          .filter(({ text }) => !/[{,]\s*(job|tier)\s*[=!]/.test(text))
          .map(({ text }) => ({ summary: `Query ${refId}: several jobs have ${text}; say which.`, at }));
      }),
    );
  },
};

function namesOfSeveralJobs(): ReadonlySet<string> {
  const jobs = Map.groupBy(
    CATALOG.flatMap(({ metrics }) => Object.keys(metrics)),
    (name) => name,
  );
  const several = [...jobs].filter(([name, all]) => all.length > 1 && !(name in SCRAPE)).map(([name]) => name);
  return new Set(several.flatMap((name) => [name, `${name}_bucket`, `${name}_sum`, `${name}_count`]));
}
