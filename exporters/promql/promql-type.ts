import type { Unit } from '../catalog/metric.ts';

/** What a value of an expression is measured in. `any`: a literal, which takes the unit of what it meets, or something too mixed to tell. */
export type ValueUnit = Unit | `${'bytes' | '1'} per second` | 'timestamp in ms' | 'any';

/** What is known of an expression without evaluating it. */
export interface PromqlType {
  readonly shape: 'scalar' | 'vector' | 'range' | 'string';
  readonly unit: ValueUnit;
  /** `counter`: only its growth means something. */
  readonly kind: 'counter' | 'gauge';
  /** Labels that its series may have; undefined where that is not known. */
  readonly labels: ReadonlySet<string> | undefined;
  /** The unit of the histogram whose buckets these are. */
  readonly bucketsOf?: Unit;
}

/** A number of no unit of its own. */
export const LITERAL: PromqlType = { shape: 'scalar', unit: 'any', kind: 'gauge', labels: new Set() };
