import type { FastifyInstance, FastifyRequest } from 'fastify';
import { METHODS, OTHER_METHOD, OTHER_ROUTE } from '../../route-classes.ts';
import type { Metrics } from './metrics.ts';
import { inTrace, RequestTrace } from './request-trace.ts';
import { parseTraceparent } from './traceparent.ts';
import { STATUS, type EndTrace } from './tracing.ts';

const KNOWN_METHODS: ReadonlySet<string> = new Set(METHODS);

/** Asked several times a second by each load balancer: what they say is in the log and in its checks. */
const UNTRACED: ReadonlySet<string> = new Set(['/livez', '/readyz']);

interface Telemetry {
  readonly metrics: Metrics;
  readonly endTrace: EndTrace;
}

/** Times, counts and traces every request. Routes are named by their pattern, so that labels stay few. */
export function addRequestTelemetry(app: FastifyInstance, { metrics, endTrace }: Telemetry): void {
  const traces = new WeakMap<FastifyRequest, RequestTrace>();

  app.addHook('onRequest', (request, reply, done) => {
    metrics.requestsInFlight.inc();
    const startedAt = performance.now();
    const route = request.routeOptions.url ?? OTHER_ROUTE;
    const method = KNOWN_METHODS.has(request.method) ? request.method : OTHER_METHOD;
    const trace = UNTRACED.has(route) ? undefined : new RequestTrace(parseTraceparent(request.headers['traceparent']));
    if (trace !== undefined) traces.set(request, trace);
    // `close` comes once for every request, whether it was answered or the client went away.
    reply.raw.once('close', () => {
      metrics.requestsInFlight.dec();
      const status = reply.raw.writableFinished ? reply.statusCode : 499;
      const labels = { method, route, status_code: String(status) };
      const value = (performance.now() - startedAt) / 1000;
      const kept = trace !== undefined && endTrace(trace, spanOf(request, { method, route, status })) !== undefined;
      // A link from a chart must lead to a trace that is there.
      metrics.requestDuration.observe({ labels, value, exemplarLabels: kept ? { trace_id: trace.traceId } : {} });
    });
    inTrace(trace, done);
  });

  app.addHook('onSend', async (request, reply) => {
    const trace = traces.get(request);
    if (trace !== undefined) reply.header('x-trace-id', trace.traceId);
    return Promise.resolve();
  });
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
