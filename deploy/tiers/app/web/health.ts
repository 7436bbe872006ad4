import type { FastifyInstance } from 'fastify';

/** Lifecycle phase of the process. */
export interface Phase {
  /** `starting` until the database is prepared, `draining` from the first SIGTERM on. */
  current: 'starting' | 'ready' | 'draining';
}

/** HAProxy drains a server whose check returns 404: it sends no new requests and leaves those in flight alone. With 503 it would abort them. */
const READY_STATUS: Readonly<Record<Phase['current'], number>> = { starting: 503, ready: 200, draining: 404 };

/**
 * Liveness and readiness.
 *
 * Readiness covers only this process, neither the cache nor the database. All application hosts share these, so a check that included them would
 * take all hosts out of the pool at once. Slow responses, stale pages and waiting writes would then become a complete outage. The check opens no
 * connection, because each load balancer sends it twice per second, and more often when servers change state.
 */
export function addHealthRoutes(
  app: FastifyInstance,
  { phase, version }: { readonly phase: Phase; readonly version: string },
): void {
  app.get('/livez', (_request, reply) => reply.header('cache-control', 'no-store').send(`alive ${version}\n`));
  app.get('/readyz', (_request, reply) =>
    reply.header('cache-control', 'no-store').code(READY_STATUS[phase.current]).send(`${phase.current}\n`),
  );
}
