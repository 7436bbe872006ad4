import { context, SpanKind, SpanStatusCode, trace, type Attributes, type Span } from '@opentelemetry/api';
import { ZipkinExporter } from '@opentelemetry/exporter-zipkin';
import { NodeSDK, type NodeSDKConfiguration } from '@opentelemetry/sdk-node';

type SpanProcessor = NonNullable<NodeSDKConfiguration['spanProcessors']>[number];

interface TracingOptions {
  readonly host: string;
  readonly commit: string;
  /** Where spans are sent, or `undefined`: then spans only give ids to logs and to the next service. */
  readonly zipkinUrl: string | undefined;
  /** Share of traces that are recorded when no caller has decided it, 0 … 1. */
  readonly sampledRatio: number;
}

const NO_EXPORT: SpanProcessor = {
  forceFlush: () => Promise.resolve(),
  onStart: () => undefined,
  onEnd: () => undefined,
  shutdown: () => Promise.resolve(),
};

/** Starts tracing with W3C context. Nothing is instrumented by itself: the spans are those of `inSpan` and of the HTTP hooks. */
export function startTracing(options: TracingOptions): { readonly stop: () => Promise<void> } {
  const { host, commit, zipkinUrl, sampledRatio } = options;
  // The SDK takes its sampler and its resource from the environment.
  process.env['OTEL_TRACES_SAMPLER'] ??= 'parentbased_traceidratio';
  process.env['OTEL_TRACES_SAMPLER_ARG'] ??= String(zipkinUrl === undefined ? 0 : sampledRatio);
  process.env['OTEL_RESOURCE_ATTRIBUTES'] ??= `host.name=${host},service.version=${commit}`;
  process.env['OTEL_NODE_RESOURCE_DETECTORS'] ??= 'env';
  process.env['OTEL_LOGS_EXPORTER'] ??= 'none';
  const sdk = new NodeSDK({
    serviceName: 'shop',
    metricReaders: [],
    ...(zipkinUrl === undefined
      ? { spanProcessors: [NO_EXPORT] }
      : { traceExporter: new ZipkinExporter({ url: zipkinUrl }) }),
  });
  sdk.start();
  return { stop: () => sdk.shutdown() };
}

const tracer = trace.getTracer('holdfast/shop');

/** Runs `work` in a client span of its own. */
export async function inSpan<T>(name: string, attributes: Attributes, work: () => Promise<T>): Promise<T> {
  const span = tracer.startSpan(name, { kind: SpanKind.CLIENT, attributes });
  try {
    return await context.with(trace.setSpan(context.active(), span), work);
  } catch (error) {
    failSpan(span, error);
    throw error;
  } finally {
    span.end();
  }
}

export function failSpan(span: Span, error: unknown): void {
  span.setStatus({ code: SpanStatusCode.ERROR, message: error instanceof Error ? error.message : String(error) });
}

/** `trace_id` and `span_id` for a log line, empty outside of a request. */
export function traceFields(): Readonly<Record<string, string>> {
  const spanContext = trace.getActiveSpan()?.spanContext();
  return spanContext === undefined ? {} : { trace_id: spanContext.traceId, span_id: spanContext.spanId };
}
