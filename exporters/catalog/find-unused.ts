import { seriesIn } from '../promql/check-promql.ts';
import { CATALOG, type Source } from './catalog.ts';

/**
 * Metrics that none of the expressions reads, of sources that are whole: those are ours, or chosen by name, and each is paid for at every scrape.
 * That is no fault by itself, a person may want to look at it in an outage; so it is told and never fails anything.
 */
export function findUnused(
  expressions: readonly string[],
  catalog: readonly Source[] = CATALOG,
): readonly { readonly job: string; readonly names: readonly string[] }[] {
  const read = new Set(expressions.flatMap((expression) => [...seriesIn(expression)]));
  const isRead = (name: string): boolean =>
    ['', '_bucket', '_sum', '_count'].some((ending) => read.has(`${name}${ending}`));
  return catalog
    .filter(({ coverage }) => coverage === 'whole')
    .map(({ job, metrics }) => ({ job, names: Object.keys(metrics).filter((name) => !isRead(name)) }))
    .filter(({ names }) => names.length > 0);
}
