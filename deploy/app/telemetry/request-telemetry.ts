import { context, propagation, SpanKind, SpanStatusCode, trace, type Span } from '@opentelemetry/api';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { Metrics } from './metrics.ts';

const METHODS: ReadonlySet<string> = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']);

/** Times, counts and traces every request. Routes are named by their pattern, so that labels stay few. */
export function addRequestTelemetry(app: FastifyInstance, metrics: Metrics): void {
  const tracer = trace.getTracer('holdfast/shop');
  const spans = new WeakMap<FastifyRequest, Span>();

  app.addHook('onRequest', (request, reply, done) => {
    metrics.requestsInFlight.inc();
    const startedAt = performance.now();
    const route = routeOf(request);
    const parent = propagation.extract(context.active(), request.headers);
    const span = tracer.startSpan(
      `${request.method} ${route}`,
      {
        kind: SpanKind.SERVER,
        attributes: { 'http.request.method': request.method, 'http.route': route, 'url.path': pathOf(request.url) },
      },
      parent,
    );
    spans.set(request, span);
    // `close` comes once for every request, whether it was answered or the client went away.
    reply.raw.once('close', () => {
      metrics.requestsInFlight.dec();
      const status = reply.raw.writableFinished ? reply.statusCode : 499;
      metrics.requestDuration.observe(
        {
          method: METHODS.has(request.method) ? request.method : 'OTHER',
          route,
          status_code: String(status),
        },
        (performance.now() - startedAt) / 1000,
      );
      span.setAttribute('http.response.status_code', status);
      if (status >= 500) span.setStatus({ code: SpanStatusCode.ERROR });
      span.end();
    });
    context.with(trace.setSpan(parent, span), done);
  });

  app.addHook('onSend', async (request, reply) => {
    const span = spans.get(request);
    if (span !== undefined) reply.header('x-trace-id', span.spanContext().traceId);
    return Promise.resolve();
  });
}

function routeOf(request: FastifyRequest): string {
  return request.routeOptions.url ?? 'unmatched';
}

function pathOf(url: string): string {
  const end = url.indexOf('?');
  return end === -1 ? url : url.slice(0, end);
}
