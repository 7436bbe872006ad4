import type { Series } from '../catalog/catalog.ts';
import type { PromqlType } from './promql-type.ts';
import type { Syntax } from './syntax.ts';

/** Context of type inference. */
export interface Inference {
  /** Series by name, recorded ones included. */
  readonly series: ReadonlyMap<string, Series>;
  /** Series that exist without a known type: `ALERTS`, and recorded ones outside of the catalogue. */
  readonly opaque: ReadonlySet<string>;
  readonly report: (code: string, summary: string) => void;
  /** Infers the type of a subexpression. */
  readonly infer: (part: Syntax) => PromqlType;
}

/** Reports a counter that is used without rate() or increase(). */
export function needGrowth(type: PromqlType, syntax: Syntax, report: Inference['report']): void {
  if (type.kind !== 'counter') return;
  report(
    'counter-without-rate',
    `A counter says something by its growth only, rate() or increase(): ${syntax.text.slice(0, 100)}`,
  );
}
