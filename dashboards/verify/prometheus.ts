import { z } from 'zod';
import { messageOf } from '../../kit/errors.ts';

/** What one query gave: samples that can be drawn, a refusal, or nothing because Prometheus could not be asked. */
export type Answer =
  | { readonly kind: 'data'; readonly samples: number; readonly series: readonly AnswerSeries[] }
  | { readonly kind: 'refused'; readonly why: string }
  | { readonly kind: 'unreachable'; readonly why: string };

/** One series with the samples that can be drawn. */
export interface AnswerSeries {
  readonly labels: Readonly<Record<string, string>>;
  readonly points: readonly (readonly [atS: number, value: number])[];
}

/** A Prometheus that can be asked as Grafana asks it. */
export interface Prometheus {
  readonly now: (expr: string) => Promise<Answer>;
  readonly course: (expr: string) => Promise<Answer>;
  /** Values of a label; throws when it cannot be asked. */
  readonly labelValues: (selector: string, label: string) => Promise<readonly string[]>;
}

/** How much of the past a board is verified with, and how finely. */
export const WINDOW_SECONDS = 300;
const STEP_SECONDS = 15;
const DEADLINE_MS = 15_000;

const sample = z.tuple([z.number(), z.string()]);
const replySchema = z.union([
  z.object({
    status: z.literal('success'),
    data: z.object({
      result: z.array(
        z.object({
          metric: z.record(z.string(), z.string()).default({}),
          value: sample.optional(),
          values: z.array(sample).optional(),
        }),
      ),
    }),
  }),
  z.object({ status: z.literal('error'), errorType: z.string(), error: z.string() }),
]);
const valuesSchema = z.object({ data: z.array(z.string()) });

export function openPrometheus(url: string, signal: AbortSignal): Prometheus {
  const post = async (path: string, fields: Readonly<Record<string, string>>): Promise<unknown> => {
    const response = await fetch(`${url}/api/v1/${path}`, {
      method: 'POST',
      body: new URLSearchParams(fields),
      signal: AbortSignal.any([signal, AbortSignal.timeout(DEADLINE_MS)]),
    });
    return await response.json();
  };
  const ask = async (path: string, fields: Readonly<Record<string, string>>): Promise<Answer> => {
    try {
      return toAnswer(replySchema.parse(await post(path, fields)));
    } catch (error) {
      signal.throwIfAborted();
      return { kind: 'unreachable', why: messageOf(error) };
    }
  };
  return {
    now: (expr) => ask('query', { query: expr }),
    course: (expr) => {
      const end = Math.floor(Date.now() / 1000);
      const start = end - WINDOW_SECONDS;
      return ask('query_range', { query: expr, start: `${start}`, end: `${end}`, step: `${STEP_SECONDS}` });
    },
    labelValues: async (selector, label) => {
      const start = Math.floor(Date.now() / 1000) - WINDOW_SECONDS;
      const parameters = new URLSearchParams({ 'match[]': selector, start: `${start}` });
      const response = await fetch(`${url}/api/v1/label/${label}/values?${parameters.toString()}`, {
        signal: AbortSignal.any([signal, AbortSignal.timeout(DEADLINE_MS)]),
      });
      return valuesSchema.parse(await response.json()).data;
    },
  };
}

function toAnswer(reply: z.infer<typeof replySchema>): Answer {
  if (reply.status === 'error') {
    // Too busy or too slow says nothing about the query.
    const isBusy = ['timeout', 'unavailable', 'canceled'].includes(reply.errorType);
    return { kind: isBusy ? 'unreachable' : 'refused', why: reply.error };
  }
  const series = reply.data.result.map(({ metric: labels, value, values = [] }) => ({
    labels,
    points: (value === undefined ? values : [value])
      .map(([atS, text]) => [atS, Number(text)] as const)
      // What is no number is drawn as nothing.
      .filter(([, number]) => Number.isFinite(number)),
  }));
  return { kind: 'data', series, samples: series.reduce((sum, { points }) => sum + points.length, 0) };
}
