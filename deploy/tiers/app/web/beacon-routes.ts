import type { FastifyError, FastifyInstance } from 'fastify';
import type { BeaconRefusal } from '../../../model/web-vitals.ts';
import { TokenBucket } from '../data/token-bucket.ts';
import type { PageMetrics } from '../telemetry/page-metrics.ts';
import { parseBeacon, type Beacon } from './parse-beacon.ts';

export const BEACON_LIMIT_BYTES = 4_096;
/**
 * Beacons that one host counts: burst, and sustained rate per second. A page sends two, so this is 25 pages per second. At a higher rate the counted
 * beacons are a sample, because beacons must not slow the shop. One bucket for all clients stores no data about a client.
 */
export const BEACON_BURST = 100;
const BEACONS_PER_SECOND = 50;

const STATUS: Readonly<Record<BeaconRefusal, number>> = {
  'too-many': 429,
  'too-large': 413,
  'media-type': 415,
  malformed: 400,
  'unknown-route': 400,
  'unknown-vital': 400,
  'out-of-range': 400,
};

/**
 * Receives RUM beacons of browsers (deploy/tiers/web/static/source/beacons.js). They are only counted: neither beacons nor their senders are stored
 * or logged, and no database or cache is used. A plugin, so that its parsers and error handler apply only here.
 */
export function beaconRoutes(metrics: PageMetrics, now = () => performance.now()) {
  const bucket = new TokenBucket({ burst: BEACON_BURST, perSecond: BEACONS_PER_SECOND, now });
  const refuse = (reason: BeaconRefusal): number => {
    metrics.refused.inc({ reason });
    return STATUS[reason];
  };

  return (app: FastifyInstance, _options: unknown, done: () => void): void => {
    // `navigator.sendBeacon` sends text as text/plain.
    app.removeAllContentTypeParsers();
    app.addContentTypeParser(['text/plain', 'application/json'], { parseAs: 'string' }, (_request, body, parsed) => {
      parsed(null, body);
    });
    // Runs before the body is read.
    app.addHook('onRequest', async (_request, reply) => {
      reply.header('cache-control', 'no-store');
      if (!bucket.take()) await reply.code(refuse('too-many')).send();
    });
    app.setErrorHandler((error: FastifyError, _request, reply) => {
      const status = error.statusCode ?? 500;
      // Server errors go to the application's error handler.
      if (status >= 500) throw error;
      const reason = status === 413 ? 'too-large' : status === 415 ? 'media-type' : 'malformed';
      return reply.code(refuse(reason)).send();
    });
    app.post('/api/beacons', { bodyLimit: BEACON_LIMIT_BYTES }, async (request, reply) => {
      const beacon = parseBeacon(request.body);
      if ('refused' in beacon) return await reply.code(refuse(beacon.refused)).send();
      count(beacon, metrics);
      return await reply.code(204).send();
    });
    done();
  };
}

function count({ route, events }: Beacon, metrics: PageMetrics): void {
  for (const event of events) {
    switch (event.kind) {
      case 'view':
        metrics.views.inc({ route });
        break;
      case 'error':
        metrics.errors.inc({ route });
        break;
      case 'route-change':
        metrics.routeChanges.inc({ route });
        break;
      case 'vital':
        metrics.vitals[event.name].observe({ route }, event.value);
        break;
    }
  }
}
