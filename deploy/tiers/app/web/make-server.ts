import { maxHeaderSize } from 'node:http';
import { fastify, type FastifyInstance, type FastifyReply } from 'fastify';
import { OTHER_ROUTE } from '../../../model/route-classes.ts';
import { Unavailable } from '../data/unavailable.ts';
import type { Logger } from '../telemetry/logger.ts';
import { makeRequestTelemetry } from '../telemetry/request-telemetry.ts';
import { currentTrace } from '../telemetry/request-trace.ts';
import type { EndTrace } from '../telemetry/tracing.ts';
import { addApiRoutes } from './api-routes.ts';
import { addSecurityHeaders } from './add-security-headers.ts';
import { beaconRoutes } from './beacon-routes.ts';
import { addHealthRoutes, type Phase } from './health.ts';
import { errorTextOf, NOT_FOUND, renderErrorAnswer, type ErrorText } from './error-answers.ts';
import type { AssetPath } from './layout.ts';
import { addPageRoutes } from './page-routes.ts';
import { makeParserErrorHandler } from './parser-errors.ts';
import { refuseMalformed } from './refuse-malformed.ts';
import type { ShopServices } from './shop-services.ts';
import { addVersionHeader } from './version-header.ts';

const BODY_LIMIT_BYTES = 16_384;
/** Longer than the keep-alive timeouts of all proxies in front, so that this server never closes a connection while a request arrives. */
const KEEP_ALIVE_MS = 75_000;
const RETRY_AFTER_SECONDS = 1;
/** From the first byte of a request to its last. Load balancer and Nginx buffer whole requests before they connect here. */
const REQUEST_TIMEOUT_MS = 10_000;

interface ServerOptions {
  readonly services: ShopServices;
  readonly phase: Phase;
  /** Version of the application, which every response names. */
  readonly version: string;
  readonly log: Logger;
  readonly endTrace: EndTrace;
}

/** Makes the shop's Fastify instance, which does not listen yet. */
export function makeServer({ services, phase, version, log, endTrace }: ServerOptions): FastifyInstance {
  const { metrics, asset } = services;
  const telemetry = makeRequestTelemetry({ metrics, endTrace });
  const app: FastifyInstance = fastify({
    // The application logs relevant events itself; Fastify would log every request.
    logger: false,
    bodyLimit: BODY_LIMIT_BYTES,
    keepAliveTimeout: KEEP_ALIVE_MS,
    requestTimeout: REQUEST_TIMEOUT_MS,
    // Fastify's own 503 bypasses all hooks, and requests that arrive during the shutdown can still be served.
    return503OnClosing: false,
    // The application checks it itself, because its response has a body and is counted.
    http: { requireHostHeader: false },
    genReqId: ({ headers }) => requestIdOf(headers['x-request-id']),
    // Client addresses are not used.
    trustProxy: false,
    // No parameter can be longer than this; routes validate IDs themselves.
    routerOptions: { ignoreTrailingSlash: false, maxParamLength: maxHeaderSize },
    frameworkErrors: (_error, request, reply) => {
      const trace = telemetry.begin(request, reply, OTHER_ROUTE);
      if (trace !== undefined) void reply.header('x-trace-id', trace.traceId);
      if (phase.current === 'draining') void reply.header('connection', 'close');
      sendError(reply, asset, { status: 400 });
    },
    clientErrorHandler: (error, socket) => {
      onParserError(error, socket);
    },
  });
  addSecurityHeaders(app.server);
  addVersionHeader(app.server, version);
  const onParserError = makeParserErrorHandler(app.server, {
    telemetry,
    version,
    render: (url, status) => renderErrorAnswer(url, errorTextOf(status), asset),
  });
  app.server.on('checkExpectation', (request, response) => app.server.emit('request', request, response));
  app.addContentTypeParser('application/x-www-form-urlencoded', { parseAs: 'string' }, (_request, body, done) => {
    done(null, Object.fromEntries(new URLSearchParams(body.toString())));
  });
  telemetry.addTo(app);
  app.addHook('onRequest', async (request) => {
    refuseMalformed(request.raw);
    return Promise.resolve();
  });
  app.addHook('onSend', async (_request, reply) => {
    if (phase.current === 'draining') reply.header('connection', 'close');
    return Promise.resolve();
  });
  addErrorAnswers(app, { log, asset });
  addHealthRoutes(app, { phase, version });
  addApiRoutes(app, services);
  addPageRoutes(app, services);
  void app.register(beaconRoutes(services.metrics.pages));
  return app;
}

/** A valid request ID. Other client text must not get into logs and traces. */
function requestIdOf(header: string | readonly string[] | undefined): string {
  return typeof header === 'string' && /^[\w-]{1,64}$/.test(header) ? header : 'none';
}

function addErrorAnswers(
  app: FastifyInstance,
  { log, asset }: { readonly log: Logger; readonly asset: AssetPath },
): void {
  app.setNotFoundHandler((_request, reply) => {
    sendError(reply, asset, { status: 404, text: NOT_FOUND });
  });
  app.setErrorHandler((error, request, reply) => {
    const status = statusOf(error);
    if (status >= 500) {
      currentTrace()?.fail(error);
      log.error(
        { err: error, requestId: request.id, method: request.method, route: request.routeOptions.url, status },
        'request failed',
      );
    }
    if (status === 503) void reply.header('retry-after', RETRY_AFTER_SECONDS);
    const text = errorTextOf(status);
    sendError(reply, asset, { status, text: status < 500 ? { ...text, problem: messageOf(error) } : text });
  });
}

function sendError(
  reply: FastifyReply,
  asset: AssetPath,
  { status, text = errorTextOf(status) }: { readonly status: number; readonly text?: ErrorText },
): void {
  const { contentType, body } = renderErrorAnswer(reply.request.url, text, asset);
  void reply.code(status).header('cache-control', 'no-store').type(contentType).send(body);
}

function statusOf(error: unknown): number {
  if (error instanceof Unavailable) return 503;
  if (error instanceof Error && 'statusCode' in error && typeof error.statusCode === 'number') return error.statusCode;
  return 500;
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : 'bad request';
}
