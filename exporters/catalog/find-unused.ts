import { seriesIn } from '../promql/check-promql.ts';
import { CATALOG, type Source } from './catalog.ts';

/**
 * Metrics that no expression reads, of sources with complete coverage: our own ones, or selected by name, and each costs something at every scrape.
 * They are listed and never fail a check: an unused metric can still be useful in an outage.
 */
export function findUnused(
  expressions: readonly string[],
  catalog: readonly Source[] = CATALOG,
): readonly { readonly job: string; readonly names: readonly string[] }[] {
  const read = new Set(expressions.flatMap((expression) => [...seriesIn(expression)]));
  const isRead = (name: string): boolean =>
    ['', '_bucket', '_sum', '_count'].some((ending) => read.has(`${name}${ending}`));
  return catalog
    .filter(({ coverage }) => coverage === 'complete')
    .map(({ job, metrics }) => ({ job, names: Object.keys(metrics).filter((name) => !isRead(name)) }))
    .filter(({ names }) => names.length > 0);
}
