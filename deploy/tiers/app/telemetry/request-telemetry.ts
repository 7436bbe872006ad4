import type { ServerResponse } from 'node:http';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { METHODS, OTHER_METHOD, OTHER_ROUTE } from '../../../model/route-classes.ts';
import type { Metrics } from './metrics.ts';
import { inTrace, RequestTrace } from './request-trace.ts';
import { CLIENT_TRACEPARENT, parseTraceparent } from './traceparent.ts';
import { STATUS, type EndTrace } from './tracing.ts';

const KNOWN_METHODS: ReadonlySet<string> = new Set(METHODS);

/** Asked several times a second by each load balancer: what they say is in the log and in its checks. */
const UNTRACED: ReadonlySet<string> = new Set(['/livez', '/readyz']);

/** Counted for a client that went away before it had its response. */
const CLIENT_CLOSED = 499;

interface TelemetryOptions {
  readonly metrics: Pick<Metrics, 'requestsInFlight' | 'requestDuration'>;
  readonly endTrace: EndTrace;
}

/** Times, counts and traces every request, whoever answers it. Routes are named by their pattern, so that labels stay few. */
export interface RequestTelemetry {
  /** Adds the hooks for all requests that reach a route or the handler for unknown paths. */
  readonly addTo: (app: FastifyInstance) => void;
  /** Begins a request that no hook sees, because Fastify refuses it before it looks for a route. */
  readonly begin: (request: FastifyRequest, reply: FastifyReply, route: string) => RequestTrace | undefined;
  /** Records a request that never became one, because the HTTP parser refused it. Returns its trace ID. */
  readonly recordRefused: (status: number) => string;
  /** Sets the status to count for a request that is answered on its socket and not by `response`. Returns its trace ID, if it has one. */
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
    // `close` comes once for every request, whether it was answered or the client went away.
    reply.raw.once('close', () => {
      metrics.requestsInFlight.dec();
      const status = overridden.get(reply.raw) ?? (reply.raw.writableFinished ? reply.statusCode : CLIENT_CLOSED);
      const labels = { method, route, status_code: String(status) };
      const value = (performance.now() - startedAt) / 1000;
      const kept = trace !== undefined && endTrace(trace, spanOf(request, { method, route, status })) !== undefined;
      // A link from a chart must lead to a trace that is there.
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
      // The parser does not say when the request began.
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

/** The request's trace: of the proxy before us. What the client itself had sent is only recorded. */
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

/** Without the query, which may hold anything. */
function pathOf(url: string): string {
  const end = url.indexOf('?');
  return end === -1 ? url : url.slice(0, end);
}
