import type { FastifyInstance } from 'fastify';

/** What the process knows of itself. */
export interface Phase {
  /** `starting` until the schema is in place, `draining` from the first SIGTERM on. */
  current: 'starting' | 'ready' | 'draining';
}

/** 404 is HAProxy's word for leaving in order: nothing new is sent, and what is under way is left alone. At 503 it would be cut. */
const READY_STATUS: Readonly<Record<Phase['current'], number>> = { starting: 503, ready: 200, draining: 404 };

/**
 * Liveness and readiness.
 *
 * Readiness is about this process only. It asks neither the cache nor the database: they are shared by every application host, so a
 * check that followed them would take all hosts out of the pool at once and turn slow answers, stale pages and waiting writes into
 * none at all. It opens no connection either, because it is asked twice a second by each load balancer, most of all when
 * things are bad.
 */
export function addHealthRoutes(app: FastifyInstance, phase: Phase): void {
  app.get('/livez', (_request, reply) => reply.header('cache-control', 'no-store').send('alive\n'));
  app.get('/readyz', (_request, reply) =>
    reply.header('cache-control', 'no-store').code(READY_STATUS[phase.current]).send(`${phase.current}\n`),
  );
}
