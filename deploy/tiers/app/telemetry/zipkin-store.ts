import { Agent, request } from 'node:http';
import { SpanKind, SpanStatusCode, type HrTime } from '@opentelemetry/api';
import type { EndedSpan, SendSpans } from './span-outbox.ts';

/** A span in the format of Zipkin's API v2. Times in microseconds. */
interface ZipkinSpan {
  readonly traceId: string;
  readonly id: string;
  readonly parentId: string | undefined;
  readonly kind: 'SERVER' | 'CLIENT' | undefined;
  readonly name: string;
  readonly timestamp: number;
  readonly duration: number;
  readonly localEndpoint: { readonly serviceName: string };
  readonly annotations: readonly { readonly timestamp: number; readonly value: string }[];
  readonly tags: Readonly<Record<string, string>>;
}

const KINDS: Partial<Record<SpanKind, ZipkinSpan['kind']>> = {
  [SpanKind.SERVER]: 'SERVER',
  [SpanKind.CLIENT]: 'CLIENT',
};

/** Sends spans to a Zipkin server over one keep-alive connection. */
export function openZipkin(url: string): SendSpans {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  return (spans, signal) => post({ url, agent, signal }, JSON.stringify(spans.map(toZipkinSpan)));
}

interface Destination {
  readonly url: string;
  readonly agent: Agent;
  readonly signal: AbortSignal;
}

function post({ url, agent, signal }: Destination, body: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const headers = { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) };
    request(url, { method: 'POST', agent, signal, headers }, (response) => {
      response.resume();
      response.once('error', reject).once('end', () => {
        if (response.statusCode === 202) resolve();
        else reject(new Error(`Zipkin answered ${response.statusCode ?? 0}`));
      });
    })
      .once('error', reject)
      .end(body);
  });
}

/** Converts a span for Zipkin. Process attributes, except for those of the SDK itself, become tags of each span. Zipkin shows spans with the tag `error` in red. */
export function toZipkinSpan(span: EndedSpan): ZipkinSpan {
  const { traceId, spanId } = span.spanContext();
  const { 'service.name': service, ...process } = span.resource.attributes;
  const tags = Object.entries({ ...process, ...span.attributes }).filter(
    ([name]) => !name.startsWith('telemetry.sdk.'),
  );
  const { 'error.type': errorType } = span.attributes;
  const error =
    span.status.code === SpanStatusCode.ERROR ? { error: typeof errorType === 'string' ? errorType : 'true' } : {};
  return {
    traceId,
    id: spanId,
    parentId: span.parentSpanContext?.spanId,
    kind: KINDS[span.kind],
    name: span.name,
    timestamp: microseconds(span.startTime),
    // Zipkin treats 0 as unknown.
    duration: Math.max(1, microseconds(span.duration)),
    localEndpoint: { serviceName: String(service) },
    annotations: span.events.map(({ name, time }) => ({ timestamp: microseconds(time), value: name })),
    tags: { ...Object.fromEntries(tags.map(([name, value]) => [name, String(value)])), ...error },
  };
}

function microseconds([seconds, nanoseconds]: HrTime): number {
  return seconds * 1e6 + Math.round(nanoseconds / 1e3);
}
