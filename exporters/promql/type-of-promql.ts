import { seriesOf, type Series } from '../catalog/catalog.ts';
import { inferType } from './infer-type.ts';
import type { PromqlType } from './promql-type.ts';
import { parsePromql } from './syntax.ts';

/** What is known of an expression's result. What is wrong with the expression is {@link checkPromql}'s to say. */
export function typeOfPromql(text: string, series: ReadonlyMap<string, Series> = seriesOf()): PromqlType {
  return inferType(parsePromql(text), { series, opaque: new Set(), report: () => undefined });
}
