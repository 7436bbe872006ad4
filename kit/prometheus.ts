import { z } from 'zod';
import { HoldfastError, messageOf } from './errors.ts';

/** One series; samples are in chronological order, and values may be NaN or infinite. */
export interface PrometheusSeries {
  readonly labels: Readonly<Record<string, string>>;
  readonly samples: readonly (readonly [atMs: number, value: number])[];
}

/** Time range and step of a query. */
export interface PrometheusRange {
  readonly startMs: number;
  readonly endMs: number;
  readonly stepMs: number;
}

export interface PrometheusAlert {
  readonly labels: Readonly<Record<string, string>>;
  readonly state: 'pending' | 'firing' | 'unknown';
  /** When its condition became true, that is, when it became pending, not when it began to fire. */
  readonly activeAtMs: number;
}

/**
 * The HTTP API of one Prometheus. All methods throw `http` if it does not respond in time, is overloaded or returns an unexpected
 * response. They throw `query-refused` if it rejects the query, and the reason of the signal if that is aborted.
 */
export interface Prometheus {
  /** One sample per series, now. */
  readonly query: (expr: string) => Promise<readonly PrometheusSeries[]>;
  readonly queryRange: (expr: string, range: PrometheusRange) => Promise<readonly PrometheusSeries[]>;
  readonly labelValues: (label: string, selector: string, sinceMs: number) => Promise<readonly string[]>;
  /** The labels of all series that had samples since then. */
  readonly series: (selector: string, sinceMs: number) => Promise<readonly Readonly<Record<string, string>>[]>;
  /** The metric families that targets expose, with their types. */
  readonly targetMetadata: () => Promise<
    readonly { readonly target: Readonly<Record<string, string>>; readonly metric: string; readonly type: string }[]
  >;
  readonly alerts: () => Promise<readonly PrometheusAlert[]>;
  /** The alert rules with these names. */
  readonly alertRules: (names: readonly string[]) => Promise<readonly PrometheusAlertRule[]>;
  /** Start of its process (epoch ms). */
  readonly startedAtMs: () => Promise<number>;
  /** Exemplars of all series that an expression selects. */
  readonly exemplars: (
    expr: string,
    range: Pick<PrometheusRange, 'startMs' | 'endMs'>,
  ) => Promise<readonly { readonly labels: Readonly<Record<string, string>>; readonly value: number }[]>;
}

/** One alert rule as this Prometheus evaluates it. */
export interface PrometheusAlertRule {
  readonly name: string;
  /** Whether its last evaluation succeeded. */
  readonly isHealthy: boolean;
  /** Time of the last evaluation (epoch ms); 0 before the first one. */
  readonly evaluatedAtMs: number;
  /** Evaluation interval. */
  readonly intervalMs: number;
  /** All pending or firing alerts. */
  readonly active: readonly PrometheusAlert[];
}

interface PrometheusOptions {
  readonly signal?: AbortSignal;
  /** Deadline of each request; default 5,000. */
  readonly deadlineMs?: number;
}

const labelsSchema = z.record(z.string(), z.string());
const sampleSchema = z.tuple([z.number(), z.string()]);
const vectorSchema = z.object({
  resultType: z.literal('vector'),
  result: z.array(z.object({ metric: labelsSchema, value: sampleSchema })),
});
const matrixSchema = z.object({
  resultType: z.literal('matrix'),
  result: z.array(z.object({ metric: labelsSchema, values: z.array(sampleSchema) })),
});
const metadataSchema = z.array(z.object({ target: labelsSchema, metric: z.string(), type: z.string() }));
const alertSchema: z.ZodType<PrometheusAlert> = z
  .object({
    labels: labelsSchema,
    state: z.enum(['pending', 'firing', 'unknown']),
    activeAt: z.iso.datetime({ offset: true }),
  })
  .transform(({ activeAt, ...alert }) => ({ ...alert, activeAtMs: Date.parse(activeAt) }));
const alertsSchema = z.object({ alerts: z.array(alertSchema) });
const rulesSchema = z.object({
  groups: z.array(
    z.object({
      /** Seconds. */
      interval: z.number(),
      rules: z.array(
        z.object({
          name: z.string(),
          health: z.string(),
          lastEvaluation: z.iso.datetime({ offset: true }),
          alerts: z.array(alertSchema),
        }),
      ),
    }),
  ),
});
const runtimeSchema = z.object({ startTime: z.iso.datetime({ offset: true }) });
const exemplarsSchema = z.array(
  z.object({ exemplars: z.array(z.object({ labels: labelsSchema, value: z.coerce.number() })) }),
);
const replySchema = z.union([
  z.object({ status: z.literal('success'), data: z.unknown() }),
  z.object({ status: z.literal('error'), errorType: z.string(), error: z.string() }),
]);
/** Error types that do not mean that the query is wrong. */
const BUSY: readonly string[] = ['timeout', 'unavailable', 'canceled', 'internal'];

/** The growth of all counters of a selector over a window such as `30s`, rounded; 0 without series. */
export async function sumIncrease(prometheus: Prometheus, selector: string, window: string): Promise<number> {
  const [series] = await prometheus.query(`sum(increase(${selector}[${window}]))`);
  return Math.round(series?.samples.at(-1)?.[1] ?? 0);
}

/** `url` without a path, such as http://198.18.3.71:9090. Connects only for requests. */
export function openPrometheus(url: string, options: PrometheusOptions = {}): Prometheus {
  const { signal, deadlineMs = 5_000 } = options;
  const fail = (error: unknown): HoldfastError =>
    new HoldfastError('http', `Prometheus at ${url} does not answer: ${messageOf(error)}`, {
      cause: error,
      fix: 'Start the stack with `./holdfast up`.',
    });
  const reply = async (path: string, init: RequestInit): Promise<z.infer<typeof replySchema>> => {
    const timeout = AbortSignal.timeout(deadlineMs);
    const response = await fetch(`${url}/api/v1/${path}`, {
      ...init,
      signal: signal === undefined ? timeout : AbortSignal.any([signal, timeout]),
    });
    const text = await response.text();
    try {
      return replySchema.parse(JSON.parse(text));
    } catch (error) {
      throw response.ok ? error : new Error(`status ${response.status}: ${text.slice(0, 200)}`, { cause: error });
    }
  };
  const request = async <T>(path: string, schema: z.ZodType<T>, init: RequestInit = {}): Promise<T> => {
    try {
      const answer = await reply(path, init);
      if (answer.status === 'success') return schema.parse(answer.data);
      if (BUSY.includes(answer.errorType)) throw new Error(answer.error);
      throw new HoldfastError('query-refused', answer.error);
    } catch (error) {
      signal?.throwIfAborted();
      throw error instanceof HoldfastError ? error : fail(error);
    }
  };
  const post = (fields: Readonly<Record<string, string>>): RequestInit => ({
    method: 'POST',
    body: new URLSearchParams(fields),
  });
  return {
    query: async (expr) =>
      (await request('query', vectorSchema, post({ query: expr }))).result.map(({ metric, value }) =>
        toSeries(metric, [value]),
      ),
    queryRange: async (expr, { startMs, endMs, stepMs }) => {
      const fields = { query: expr, start: seconds(startMs), end: seconds(endMs), step: seconds(stepMs) };
      const { result } = await request('query_range', matrixSchema, post(fields));
      return result.map(({ metric, values }) => toSeries(metric, values));
    },
    labelValues: (label, selector, sinceMs) => {
      const fields = new URLSearchParams({ 'match[]': selector, start: seconds(sinceMs) });
      return request(`label/${label}/values?${fields.toString()}`, z.array(z.string()));
    },
    series: (selector, sinceMs) =>
      request('series', z.array(labelsSchema), post({ 'match[]': selector, start: seconds(sinceMs) })),
    targetMetadata: () => request('targets/metadata', metadataSchema),
    alerts: async () => (await request('alerts', alertsSchema)).alerts,
    alertRules: async (names) => {
      const fields = new URLSearchParams([
        ['type', 'alert'],
        ...names.map((name): [string, string] => ['rule_name[]', name]),
      ]);
      const { groups } = await request(`rules?${fields.toString()}`, rulesSchema);
      return groups.flatMap(({ interval, rules }) =>
        rules.map(({ name, health, lastEvaluation, alerts }) => ({
          ...{ name, isHealthy: health === 'ok', intervalMs: interval * 1_000 },
          // Before the first evaluation Prometheus returns the year 1.
          evaluatedAtMs: Math.max(0, Date.parse(lastEvaluation)),
          active: alerts,
        })),
      );
    },
    startedAtMs: async () => Date.parse((await request('status/runtimeinfo', runtimeSchema)).startTime),
    exemplars: async (expr, { startMs, endMs }) => {
      const fields = post({ query: expr, start: seconds(startMs), end: seconds(endMs) });
      return (await request('query_exemplars', exemplarsSchema, fields)).flatMap(({ exemplars }) => exemplars);
    },
  };
}

function seconds(ms: number): string {
  return String(ms / 1_000);
}

function toSeries(
  labels: Readonly<Record<string, string>>,
  values: readonly (readonly [atS: number, value: string])[],
): PrometheusSeries {
  return { labels, samples: values.map(([atS, value]) => [Math.round(atS * 1_000), toNumber(value)] as const) };
}

/** Prometheus writes infinity as `+Inf` or `-Inf`. */
function toNumber(value: string): number {
  if (value === '+Inf') return Number.POSITIVE_INFINITY;
  return value === '-Inf' ? Number.NEGATIVE_INFINITY : Number(value);
}
