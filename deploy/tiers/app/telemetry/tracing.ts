import { ROOT_CONTEXT, SpanKind, SpanStatusCode, trace as api, TraceFlags, type Context } from '@opentelemetry/api';
import { NodeSDK } from '@opentelemetry/sdk-node';
import { decideSampling, type SampleReason } from './decide-keep.ts';
import type { Traces } from '../../../model/profile.ts';
import type { Metrics } from './metrics.ts';
import type { Attributes, RequestTrace, SpanRecord } from './request-trace.ts';
import { SpanOutbox, type SendSpans } from './span-outbox.ts';
import { randomId } from './traceparent.ts';

interface TracingOptions {
  readonly host: string;
  readonly commit: string;
  readonly policy: Traces;
  readonly send: SendSpans;
  readonly metrics: Pick<Metrics, 'tracesKept' | 'spansSent' | 'spansDropped'>;
}

/** The request itself, as it is known when it has ended. */
export interface RequestSpan {
  readonly name: string;
  readonly attributes: Attributes;
  readonly failed: boolean;
}

/** Decides about the trace of a request that has ended, and sends it if it is kept. Gives the reason, or `undefined`. */
export type EndTrace = (trace: RequestTrace, span: RequestSpan) => SampleReason | undefined;

export interface Tracing {
  readonly end: EndTrace;
  /** Sends what is left. */
  readonly stop: () => Promise<void>;
}

/**
 * Starts tracing. The sampling is at the tail: a request is recorded in plain objects (./request-trace.ts), and only one that is kept is told
 * to OpenTelemetry, whose spans cost several times as much. Nothing is instrumented by itself.
 */
export function startTracing({ host, commit, policy, send, metrics }: TracingOptions): Tracing {
  // The SDK takes these from the environment.
  process.env['OTEL_TRACES_SAMPLER'] ??= 'always_on';
  process.env['OTEL_RESOURCE_ATTRIBUTES'] ??= `host.name=${host},service.version=${commit}`;
  process.env['OTEL_NODE_RESOURCE_DETECTORS'] ??= 'env';
  process.env['OTEL_LOGS_EXPORTER'] ??= 'none';
  // The id of a request's own span is told to logs before there is a span.
  let nextSpanId = '';
  let nextTraceId = '';
  const sdk = new NodeSDK({
    serviceName: 'shop',
    metricReaders: [],
    textMapPropagator: null,
    idGenerator: { generateSpanId: () => nextSpanId, generateTraceId: () => nextTraceId },
    spanProcessors: [
      new SpanOutbox({
        send,
        onSent: (count) => {
          metrics.spansSent.inc(count);
        },
        onDropped: (reason, count) => {
          metrics.spansDropped.inc({ reason }, count);
        },
      }),
    ],
  });
  sdk.start();
  const tracer = api.getTracer('holdfast/shop');

  const tell = (trace: RequestTrace, span: RequestSpan & { readonly endMs: number }): void => {
    nextTraceId = trace.traceId;
    nextSpanId = trace.spanId;
    const caller = trace.parentId === undefined ? ROOT_CONTEXT : parentContext(trace.traceId, trace.parentId);
    // Asked anew each time: the system's clock may have been set.
    const originMs = Date.now() - performance.now();
    const startTime = originMs + trace.startMs;
    const root = tracer.startSpan(span.name, { kind: SpanKind.SERVER, attributes: span.attributes, startTime }, caller);
    for (const { name, atMs } of trace.moments) root.addEvent(name, originMs + atMs);
    if (span.failed) root.setStatus({ code: SpanStatusCode.ERROR });
    root.end(originMs + span.endMs);
    const own = parentContext(trace.traceId, trace.spanId);
    for (const record of trace.spans) tellSpan(record, { own, originMs });
    if (trace.lost > 0) metrics.spansDropped.inc({ reason: 'trace-full' }, trace.lost);
  };

  const tellSpan = (
    record: SpanRecord,
    { own, originMs }: { readonly own: Context; readonly originMs: number },
  ): void => {
    const { name, kind, attributes, startMs, endMs = startMs, errorType } = record;
    nextSpanId = randomId(8);
    const span = tracer.startSpan(name, { kind: KINDS[kind], attributes, startTime: originMs + startMs }, own);
    if (errorType !== undefined) span.setAttribute('error.type', errorType).setStatus({ code: SpanStatusCode.ERROR });
    span.end(originMs + endMs);
  };

  return {
    end: (trace, span) => {
      const endMs = performance.now();
      const { traceId, retried } = trace;
      const failed = span.failed || trace.errorType !== undefined;
      const reason = decideSampling({ traceId, retried, failed, durationMs: endMs - trace.startMs }, policy);
      if (reason === undefined) {
        trace.end(() => undefined);
        return undefined;
      }
      metrics.tracesKept.inc({ reason });
      const error = failed ? { 'error.type': trace.errorType ?? String(span.attributes[STATUS]) } : {};
      const client = trace.clientTraceId === undefined ? {} : { 'client.trace_id': trace.clientTraceId };
      const attributes = { ...span.attributes, ...error, ...client, 'holdfast.kept': reason };
      trace.end(() => {
        tell(trace, { name: span.name, attributes, failed, endMs });
      });
      return reason;
    },
    stop: () => sdk.shutdown(),
  };
}

/** The attribute with the status of the answer. */
export const STATUS = 'http.response.status_code';

const KINDS: Readonly<Record<SpanRecord['kind'], SpanKind>> = { client: SpanKind.CLIENT, internal: SpanKind.INTERNAL };

function parentContext(traceId: string, spanId: string): Context {
  return api.setSpanContext(ROOT_CONTEXT, { traceId, spanId, traceFlags: TraceFlags.SAMPLED });
}
