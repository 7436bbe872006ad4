import type { Unit } from '../catalog/metric.ts';

/** Unit of an expression's values. `any`: a literal, which matches every unit, or a result whose unit cannot be inferred. */
export type ValueUnit = Unit | `${'bytes' | '1'} per second` | 'timestamp in ms' | 'any';

/** Type of an expression. */
export interface PromqlType {
  readonly shape: 'scalar' | 'vector' | 'range' | 'string';
  readonly unit: ValueUnit;
  /** `counter`: only its increase is meaningful. */
  readonly kind: 'counter' | 'gauge';
  /** Labels that its series may have; undefined if unknown. */
  readonly labels: ReadonlySet<string> | undefined;
  /** The unit of the histogram whose buckets these are. */
  readonly bucketsOf?: Unit;
}

/** Type of a number literal. */
export const LITERAL: PromqlType = { shape: 'scalar', unit: 'any', kind: 'gauge', labels: new Set() };
