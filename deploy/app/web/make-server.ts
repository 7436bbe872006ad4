import { fastify, type FastifyInstance } from 'fastify';
import { OTHER_ROUTE } from '../../route-classes.ts';
import { Unavailable } from '../data/unavailable.ts';
import type { Logger } from '../telemetry/logger.ts';
import { addRequestTelemetry } from '../telemetry/request-telemetry.ts';
import { currentTrace } from '../telemetry/request-trace.ts';
import type { EndTrace } from '../telemetry/tracing.ts';
import { addApiRoutes } from './api-routes.ts';
import { beaconRoutes } from './beacon-routes.ts';
import { addHealthRoutes, type Phase } from './health.ts';
import { renderPage, type AssetPath } from './layout.ts';
import { addPageRoutes } from './page-routes.ts';
import { messageBody } from './pages.ts';
import type { ShopServices } from './shop-services.ts';

const BODY_LIMIT_BYTES = 16_384;
/** Longer than any proxy in front keeps an idle connection: who closes must not be the one that is just being asked. */
const KEEP_ALIVE_MS = 75_000;
const RETRY_AFTER_SECONDS = 1;

interface ServerOptions {
  readonly services: ShopServices;
  readonly phase: Phase;
  readonly log: Logger;
  readonly endTrace: EndTrace;
}

/** The shop as a Fastify instance that does not listen yet. */
export function makeServer({ services, phase, log, endTrace }: ServerOptions): FastifyInstance {
  const app: FastifyInstance = fastify({
    // This application logs what matters itself; Fastify would write lines for every request.
    logger: false,
    bodyLimit: BODY_LIMIT_BYTES,
    keepAliveTimeout: KEEP_ALIVE_MS,
    genReqId: ({ headers }) => requestIdOf(headers['x-request-id']),
    // The addresses of clients are not used; the proxies in front say what they know in headers.
    trustProxy: false,
    routerOptions: { ignoreTrailingSlash: false, maxParamLength: 64 },
  });
  app.addContentTypeParser('application/x-www-form-urlencoded', { parseAs: 'string' }, (_request, body, done) => {
    done(null, Object.fromEntries(new URLSearchParams(body.toString())));
  });
  addRequestTelemetry(app, { metrics: services.metrics, endTrace });
  app.addHook('onSend', async (_request, reply) => {
    if (phase.current === 'draining') reply.header('connection', 'close');
    return Promise.resolve();
  });
  addErrorAnswers(app, { log, asset: services.asset });
  addHealthRoutes(app, phase);
  addApiRoutes(app, services);
  addPageRoutes(app, services);
  void app.register(beaconRoutes(services.metrics.pages));
  return app;
}

/** What a client wrote instead of an id goes into no log and no trace. */
function requestIdOf(header: string | readonly string[] | undefined): string {
  return typeof header === 'string' && /^[\w-]{1,64}$/.test(header) ? header : 'none';
}

function addErrorAnswers(
  app: FastifyInstance,
  { log, asset }: { readonly log: Logger; readonly asset: AssetPath },
): void {
  const isApi = (url: string): boolean => url.startsWith('/api/');
  const page = (title: string, text: string): string =>
    renderPage({ title, body: messageBody(title, text), isSignedIn: false, route: OTHER_ROUTE }, asset);

  app.setNotFoundHandler((request, reply) => {
    void reply.code(404).header('cache-control', 'no-store');
    if (isApi(request.url)) return reply.send({ error: 'there is no such resource' });
    return reply.type('text/html; charset=utf-8').send(page('There is no such page', 'It may have moved.'));
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
    void reply.code(status).header('cache-control', 'no-store');
    if (status === 503) void reply.header('retry-after', RETRY_AFTER_SECONDS);
    if (isApi(request.url)) return reply.send({ error: status < 500 ? messageOf(error) : 'not possible just now' });
    return reply.type('text/html; charset=utf-8').send(page('That did not work', 'Please try again in a moment.'));
  });
}

function statusOf(error: unknown): number {
  if (error instanceof Unavailable) return 503;
  if (error instanceof Error && 'statusCode' in error && typeof error.statusCode === 'number') return error.statusCode;
  return 500;
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : 'bad request';
}
