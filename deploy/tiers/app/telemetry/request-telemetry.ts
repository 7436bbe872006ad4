import type { ServerResponse } from 'node:http';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { METHODS, OTHER_METHOD, OTHER_ROUTE } from '../../../model/route-classes.ts';
import type { Metrics } from './metrics.ts';
import { inTrace, RequestTrace } from './request-trace.ts';
import { CLIENT_TRACEPARENT, parseTraceparent } from './traceparent.ts';
import { STATUS, type EndTrace } from './tracing.ts';

const KNOWN_METHODS: ReadonlySet<string> = new Set(METHODS);

/** Health checks, which each load balancer sends several times per second. HAProxy's metrics show their results. */
const UNTRACED: ReadonlySet<string> = new Set(['/livez', '/readyz']);

/** Status to count for a client that disconnected before the end of the response. */
const CLIENT_CLOSED = 499;

interface TelemetryOptions {
  readonly metrics: Pick<Metrics, 'requestsInFlight' | 'requestDuration'>;
  readonly endTrace: EndTrace;
}

/** Measures, counts and traces every request, including those that Fastify or the parser rejects. Routes are patterns, to bound the labels. */
export interface RequestTelemetry {
  /** Adds the hooks for all requests that reach a route or the handler for unknown paths. */
  readonly addTo: (app: FastifyInstance) => void;
  /** Begins a request that bypasses all hooks, because Fastify rejects it before routing. */
  readonly begin: (request: FastifyRequest, reply: FastifyReply, route: string) => RequestTrace | undefined;
  /** Records a request that the HTTP parser rejected. Returns its trace ID. */
  readonly recordRefused: (status: number) => string;
  /** Sets the status to count for a request whose response is written to its socket instead of `response`. Returns its trace ID, if any. */
  readonly overrideStatus: (response: ServerResponse, status: number) => string | undefined;
}

export function makeRequestTelemetry({ metrics, endTrace }: TelemetryOptions): RequestTelemetry {
  const traces = new WeakMap<ServerResponse, RequestTrace>();
  const overridden = new WeakMap<ServerResponse, number>();

  const begin: RequestTelemetry['begin'] = (request, reply, route) => {
    metrics.requestsInFlight.inc();
    const startedAt = performance.now();
    const method = KNOWN_METHODS.has(request.method) ? request.method : OTHER_METHOD;
    const trace = UNTRACED.has(route) ? undefined : traceOf(request);
    if (trace !== undefined) traces.set(reply.raw, trace);
    // `close` is emitted once per request, also if the client disconnects.
    reply.raw.once('close', () => {
      metrics.requestsInFlight.dec();
      const status = overridden.get(reply.raw) ?? (reply.raw.writableFinished ? reply.statusCode : CLIENT_CLOSED);
      const labels = { method, route, status_code: String(status) };
      const value = (performance.now() - startedAt) / 1000;
      const kept = trace !== undefined && endTrace(trace, spanOf(request, { method, route, status })) !== undefined;
      // Exemplars must only refer to stored traces.
      metrics.requestDuration.observe({ labels, value, exemplarLabels: kept ? { trace_id: trace.traceId } : {} });
    });
    return trace;
  };

  return {
    begin,
    addTo: (app) => {
      app.addHook('onRequest', (request, reply, done) => {
        inTrace(begin(request, reply, request.routeOptions.url ?? OTHER_ROUTE), done);
      });
      app.addHook('onSend', async (_request, reply) => {
        const trace = traces.get(reply.raw);
        if (trace !== undefined) reply.header('x-trace-id', trace.traceId);
        return Promise.resolve();
      });
    },
    recordRefused: (status) => {
      const trace = new RequestTrace(undefined);
      const name = `${OTHER_METHOD} ${OTHER_ROUTE}`;
      const attributes = { 'http.request.method': OTHER_METHOD, 'http.route': OTHER_ROUTE, [STATUS]: status };
      const kept = endTrace(trace, { name, attributes, failed: status >= 500 }) !== undefined;
      // The parser does not report when the request began.
      const labels = { method: OTHER_METHOD, route: OTHER_ROUTE, status_code: String(status) };
      metrics.requestDuration.observe({
        labels,
        value: 0,
        exemplarLabels: kept ? { trace_id: trace.traceId } : {},
      });
      return trace.traceId;
    },
    overrideStatus: (response, status) => {
      overridden.set(response, status);
      return traces.get(response)?.traceId;
    },
  };
}

/** The trace of the proxy in front. The client's own trace context is only recorded. */
function traceOf({ headers }: FastifyRequest): RequestTrace {
  return new RequestTrace(parseTraceparent(headers['traceparent']), parseTraceparent(headers[CLIENT_TRACEPARENT]));
}

interface Served {
  readonly method: string;
  readonly route: string;
  readonly status: number;
}

function spanOf(request: FastifyRequest, { method, route, status }: Served): Parameters<EndTrace>[1] {
  return {
    name: `${method} ${route}`,
    attributes: {
      'http.request.method': method,
      'http.route': route,
      'url.path': pathOf(request.url),
      [STATUS]: status,
      'http.request.header.x-request-id': request.id,
    },
    failed: status >= 500,
  };
}

/** The path without the query, which may contain anything. */
function pathOf(url: string): string {
  const end = url.indexOf('?');
  return end === -1 ? url : url.slice(0, end);
}
