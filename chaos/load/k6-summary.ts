import { z } from 'zod';
import { HoldfastError } from '../../kit/errors.ts';

const counterSchema = z.object({ values: z.object({ count: z.int().min(0) }) });

const summarySchema = z.object({
  state: z.object({ testRunDurationMs: z.number().positive() }),
  metrics: z.record(z.string(), z.unknown()),
});

/** The required parts of k6's summary (in the shape that `handleSummary` gets). */
export interface K6Summary {
  /** Lines that the scripts wrote. */
  readonly written: number;
  /** Dropped iterations, by scenario. */
  readonly dropped: ReadonlyMap<string, number>;
}

const DROPPED_BY_SCENARIO = /^dropped_iterations\{scenario:(.+)\}$/;

/** Parses `summary.json`. Throws `unreadable-record`. */
export function parseK6Summary(text: string): K6Summary {
  try {
    const { metrics } = summarySchema.parse(JSON.parse(text));
    const countOf = (name: string): number => counterSchema.parse(metrics[name]).values.count;
    const names = Object.keys(metrics).flatMap((name) => {
      const scenario = DROPPED_BY_SCENARIO.exec(name)?.[1];
      return scenario === undefined ? [] : [[scenario, countOf(name)] as const];
    });
    return { written: countOf('holdfast_records'), dropped: new Map(names) };
  } catch (error) {
    throw new HoldfastError('unreadable-record', "Could not read k6's summary.", { cause: error });
  }
}
