import { ROOT_CONTEXT, SpanKind, SpanStatusCode, trace as api, TraceFlags, type Context } from '@opentelemetry/api';
import { NodeSDK } from '@opentelemetry/sdk-node';
import { decideSampling, type SampleReason } from './decide-sampling.ts';
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
  readonly metrics: Pick<Metrics, 'tracesSampled' | 'spansSent' | 'spansDropped'>;
}

/** The span of the request itself, known at its end. */
export interface RequestSpan {
  readonly name: string;
  readonly attributes: Attributes;
  readonly failed: boolean;
}

/** Decides about the trace of an ended request and sends it if it is sampled. Returns the reason, or `undefined`. */
export type EndTrace = (trace: RequestTrace, span: RequestSpan) => SampleReason | undefined;

export interface Tracing {
  readonly end: EndTrace;
  /** Sends the remaining spans. */
  readonly stop: () => Promise<void>;
}

/**
 * Starts tracing with tail sampling. A request is recorded as plain objects (./request-trace.ts). Only sampled traces become OpenTelemetry spans,
 * which cost several times as much. There is no automatic instrumentation.
 */
export function startTracing({ host, commit, policy, send, metrics }: TracingOptions): Tracing {
  // The SDK reads these from the environment.
  process.env['OTEL_TRACES_SAMPLER'] ??= 'always_on';
  process.env['OTEL_RESOURCE_ATTRIBUTES'] ??= `host.name=${host},service.version=${commit}`;
  process.env['OTEL_NODE_RESOURCE_DETECTORS'] ??= 'env';
  process.env['OTEL_LOGS_EXPORTER'] ??= 'none';
  // IDs of the next span: logs contain the span ID of a request before its span exists.
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

  const exportTrace = (trace: RequestTrace, span: RequestSpan & { readonly endMs: number }): void => {
    nextTraceId = trace.traceId;
    nextSpanId = trace.spanId;
    const caller = trace.parentId === undefined ? ROOT_CONTEXT : parentContext(trace.traceId, trace.parentId);
    // Calculated for every trace, because the system clock may have been set.
    const originMs = Date.now() - performance.now();
    const startTime = originMs + trace.startMs;
    const root = tracer.startSpan(span.name, { kind: SpanKind.SERVER, attributes: span.attributes, startTime }, caller);
    for (const { name, atMs } of trace.events) root.addEvent(name, originMs + atMs);
    if (span.failed) root.setStatus({ code: SpanStatusCode.ERROR });
    root.end(originMs + span.endMs);
    const own = parentContext(trace.traceId, trace.spanId);
    for (const record of trace.spans) exportSpan(record, { own, originMs });
    if (trace.droppedSpans > 0) metrics.spansDropped.inc({ reason: 'trace-full' }, trace.droppedSpans);
  };

  const exportSpan = (
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
      metrics.tracesSampled.inc({ reason });
      const error = failed ? { 'error.type': trace.errorType ?? String(span.attributes[STATUS]) } : {};
      const client = trace.clientTraceId === undefined ? {} : { 'client.trace_id': trace.clientTraceId };
      const attributes = { ...span.attributes, ...error, ...client, 'holdfast.kept': reason };
      trace.end(() => {
        exportTrace(trace, { name: span.name, attributes, failed, endMs });
      });
      return reason;
    },
    stop: () => sdk.shutdown(),
  };
}

/** The span attribute with the response status. */
export const STATUS = 'http.response.status_code';

const KINDS: Readonly<Record<SpanRecord['kind'], SpanKind>> = { client: SpanKind.CLIENT, internal: SpanKind.INTERNAL };

function parentContext(traceId: string, spanId: string): Context {
  return api.setSpanContext(ROOT_CONTEXT, { traceId, spanId, traceFlags: TraceFlags.SAMPLED });
}
