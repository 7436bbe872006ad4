import type { Series } from '../catalog/catalog.ts';
import type { PromqlType } from './promql-type.ts';
import type { Syntax } from './syntax.ts';

/** What inference knows, and where it tells what it finds. */
export interface Inference {
  /** Series by name: the catalogue's and those that rules record. */
  readonly series: ReadonlyMap<string, Series>;
  /** Series of which nothing is known but that they are there: `ALERTS`, recorded ones. */
  readonly opaque: ReadonlySet<string>;
  readonly report: (code: string, summary: string) => void;
  /** The type of a part. */
  readonly infer: (part: Syntax) => PromqlType;
}

/** Reports a counter whose value itself is used. */
export function needGrowth(type: PromqlType, syntax: Syntax, report: Inference['report']): void {
  if (type.kind !== 'counter') return;
  report(
    'counter-without-rate',
    `A counter says something by its growth only, rate() or increase(): ${syntax.text.slice(0, 100)}`,
  );
}
