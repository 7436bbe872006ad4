import { METHODS, OTHER_METHOD, PAGE_ROUTES, ROUTE_CLASSES } from '../../deploy/model/route-classes.ts';
import { BEACON_REFUSALS, VITALS, type Vital } from '../../deploy/model/web-vitals.ts';
import { atMost, counter, gauge, histogram, type Metric } from './metric.ts';
import { PROCESS } from './process.ts';

const POOL = ['db-write', 'db-read'] as const;
const RETRY_REASONS = ['deadlock', 'lock-wait', 'lost', 'read-only', 'group', 'busy'] as const;

/** Reported by browsers, so its series exist only after a first page view. */
function vital({ unit, help, buckets }: Vital): Metric {
  return histogram(unit, help, { labels: { route: PAGE_ROUTES }, buckets, presence: 'on-event' });
}

/** The reference application: deploy/tiers/app/telemetry/metrics.ts. */
export const APP = {
  ...PROCESS,
  release_info: gauge('1', 'Release that the application runs; always 1.', {
    labels: { version: atMost(3, 'releases at a time') },
  }),
  http_request_duration_seconds: histogram('seconds', 'Time from the request to the last byte of the response.', {
    labels: {
      method: [...METHODS, OTHER_METHOD],
      route: ROUTE_CLASSES,
      status_code: atMost(30, 'HTTP'),
    },
    buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.3, 0.5, 1, 1.5, 2.5, 5, 10],
  }),
  http_requests_in_flight: gauge('1', 'Requests in progress.'),
  db_pool_wait_seconds: histogram('seconds', 'Time to acquire a database connection, failures included.', {
    labels: { pool: POOL },
  }),
  db_pool_connections: gauge('1', 'Database connections by state.', {
    labels: { pool: POOL, state: ['busy', 'idle', 'connecting'] },
  }),
  db_pool_waiting_callers: gauge('1', 'Callers waiting for a database connection.', { labels: { pool: POOL } }),
  db_query_duration_seconds: histogram('seconds', 'Duration of one round trip of statements, failures included.', {
    labels: { pool: POOL, operation: atMost(30, 'names in the code') },
  }),
  db_transaction_retries_total: counter('1', 'Retried write transactions.', {
    labels: { reason: RETRY_REASONS },
    presence: 'on-event',
  }),
  db_read_retries_total: counter('1', 'Reads retried on another connection.', {
    labels: { reason: RETRY_REASONS },
    presence: 'on-event',
  }),
  db_own_write_reads_total: counter(
    '1',
    'Reads of sessions with a recent write, by the place where that write was found.',
    {
      labels: { result: ['db-read', 'db-write', 'stale'] },
      presence: 'on-event',
    },
  ),
  cache_requests_total: counter('1', 'Cache commands; skipped: the circuit breaker was open.', {
    labels: { operation: ['get', 'set', 'delete'], result: ['hit', 'miss', 'ok', 'error', 'skipped'] },
  }),
  cache_circuit_state: gauge('1', 'State of the circuit breaker of the cache: 1 for the current state.', {
    labels: { state: ['closed', 'open', 'half-open'] },
  }),
  orders_total: counter('1', 'Orders by outcome.', {
    labels: { result: ['created', 'replayed', 'key-conflict', 'rejected', 'unavailable', 'failed'] },
  }),
  traces_sampled_total: counter('1', 'Sampled traces by highest-priority reason.', {
    labels: { reason: ['error', 'retried', 'slow', 'sampled'] },
    presence: 'on-event',
  }),
  trace_spans_sent_total: counter('1', 'Spans that the trace store accepted.'),
  trace_spans_dropped_total: counter('1', 'Spans of sampled traces that were not stored.', {
    labels: { reason: ['queue-full', 'store-failed', 'trace-full'] },
    presence: 'on-event',
  }),
  [VITALS.lcp.metric]: vital(VITALS.lcp),
  [VITALS.inp.metric]: vital(VITALS.inp),
  [VITALS.cls.metric]: vital(VITALS.cls),
  [VITALS.fcp.metric]: vital(VITALS.fcp),
  [VITALS.ttfb.metric]: vital(VITALS.ttfb),
  page_views_total: counter('1', 'Page views in browsers.', { labels: { route: PAGE_ROUTES } }),
  page_errors_total: counter('1', 'Uncaught script errors on pages.', { labels: { route: PAGE_ROUTES } }),
  page_route_changes_total: counter('1', 'Moves from one page of the shop to this one.', {
    labels: { route: PAGE_ROUTES },
  }),
  beacons_refused_total: counter('1', 'Rejected beacons of browsers, which were not counted.', {
    labels: { reason: BEACON_REFUSALS },
  }),
} as const;
