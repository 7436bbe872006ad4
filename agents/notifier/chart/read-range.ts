import { z } from 'zod';

/** One series over time; samples are in the order of time. */
export interface RangeSeries {
  readonly labels: Readonly<Record<string, string>>;
  readonly samples: readonly (readonly [atMs: number, value: number])[];
}

const replySchema = z.object({
  status: z.literal('success'),
  data: z.object({
    resultType: z.literal('matrix'),
    result: z.array(
      z.object({ metric: z.record(z.string(), z.string()), values: z.array(z.tuple([z.number(), z.string()])) }),
    ),
  }),
});

interface RangeQuestion {
  readonly query: string;
  readonly startMs: number;
  readonly endMs: number;
  readonly stepMs: number;
  readonly signal: AbortSignal;
}

/** Asks one Prometheus. Throws when it does not answer, not in time, or something else. */
export async function readRange(url: string, question: RangeQuestion): Promise<readonly RangeSeries[]> {
  const body = new URLSearchParams({
    query: question.query,
    start: String(question.startMs / 1000),
    end: String(question.endMs / 1000),
    step: String(question.stepMs / 1000),
  });
  const response = await fetch(`${url}/api/v1/query_range`, { method: 'POST', body, signal: question.signal });
  if (!response.ok) throw new Error(`Prometheus answered ${response.status}`);
  const { data } = replySchema.parse(await response.json());
  return data.result.map(({ metric, values }) => ({
    labels: metric,
    samples: values.map(([seconds, value]) => [Math.round(seconds * 1000), Number(value)] as const),
  }));
}
