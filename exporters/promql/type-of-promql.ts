import { seriesOf, type Series } from '../catalog/catalog.ts';
import { inferType } from './infer-type.ts';
import type { PromqlType } from './promql-type.ts';
import { parsePromql } from './syntax.ts';

/** Infers the type of an expression's result; problems are ignored, {@link checkPromql} reports them. */
export function typeOfPromql(text: string, series: ReadonlyMap<string, Series> = seriesOf()): PromqlType {
  return inferType(parsePromql(text), { series, opaque: new Set(), report: () => undefined });
}
