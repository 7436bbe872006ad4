import { Counter, Gauge, Histogram, Registry, type OpenMetricsContentType } from 'prom-client';
import { collectProcessMetrics } from '../../../../kit/process-metrics.ts';
import { makePageMetrics, type PageMetrics } from './page-metrics.ts';

/** Around 5 ms (a cached page) to 10 s (the budget of a write). */
const SECONDS_BUCKETS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.3, 0.5, 1, 1.5, 2.5, 5, 10];

export type PoolName = 'db-write' | 'db-read';

/** How an order may end. Counted from the start: the first failure of a counter that is not there yet is seen by no rate. */
const ORDER_RESULTS = ['created', 'replayed', 'key-conflict', 'rejected', 'unavailable', 'failed'] as const;

/** All metrics of the application. Labels take values from closed sets only. */
export interface Metrics {
  readonly registry: Registry<OpenMetricsContentType>;
  /** `trace_id` is of its exemplars only. */
  readonly requestDuration: Histogram<'method' | 'route' | 'status_code' | 'trace_id'>;
  readonly requestsInFlight: Gauge;
  readonly poolWait: Histogram<'pool'>;
  readonly poolConnections: Gauge<'pool' | 'state'>;
  readonly poolWaiting: Gauge<'pool'>;
  readonly queryDuration: Histogram<'pool' | 'operation'>;
  readonly transactionRetries: Counter<'reason'>;
  readonly readRetries: Counter<'reason'>;
  readonly ownWriteReads: Counter<'result'>;
  readonly cacheRequests: Counter<'operation' | 'result'>;
  readonly circuitState: Gauge<'state'>;
  readonly orders: Counter<'result'>;
  readonly tracesKept: Counter<'reason'>;
  readonly spansSent: Counter;
  readonly spansDropped: Counter<'reason'>;
  readonly pages: PageMetrics;
}

/** A registry of its own with every metric of the application in it. */
export function makeMetrics(commit: string): Metrics {
  // One form for everyone who asks: prom-client changes the names of counters for good when it is asked for the other.
  const registry = new Registry<OpenMetricsContentType>();
  registry.setContentType(Registry.OPENMETRICS_CONTENT_TYPE);
  const registers = [registry];
  collectProcessMetrics(registry);
  const orders = new Counter({ name: 'orders_total', help: 'Orders by outcome', labelNames: ['result'], registers });
  for (const result of ORDER_RESULTS) orders.inc({ result }, 0);
  new Gauge({ name: 'build_info', help: 'The release that runs', labelNames: ['commit'], registers }).set(
    { commit },
    1,
  );
  return {
    registry,
    requestDuration: makeRequestDuration(registry),
    requestsInFlight: new Gauge({ name: 'http_requests_in_flight', help: 'Requests being answered', registers }),
    poolWait: new Histogram({
      name: 'db_pool_wait_seconds',
      help: 'Time until a caller had a database connection, failures included',
      labelNames: ['pool'],
      buckets: SECONDS_BUCKETS,
      registers,
    }),
    poolConnections: new Gauge({
      name: 'db_pool_connections',
      help: 'Database connections by state',
      labelNames: ['pool', 'state'],
      registers,
    }),
    poolWaiting: new Gauge({
      name: 'db_pool_waiting_callers',
      help: 'Callers that wait for a database connection',
      labelNames: ['pool'],
      registers,
    }),
    queryDuration: new Histogram({
      name: 'db_query_duration_seconds',
      help: 'Time of one statement, failures included',
      labelNames: ['pool', 'operation'],
      buckets: SECONDS_BUCKETS,
      registers,
    }),
    transactionRetries: new Counter({
      name: 'db_transaction_retries_total',
      help: 'Write transactions that were tried again',
      labelNames: ['reason'],
      registers,
    }),
    readRetries: new Counter({
      name: 'db_read_retries_total',
      help: 'Reads that were tried again on another connection',
      labelNames: ['reason'],
      registers,
    }),
    ownWriteReads: new Counter({
      name: 'db_own_write_reads_total',
      help: "Reads of sessions that have just written: where the session's own write was found",
      labelNames: ['result'],
      registers,
    }),
    cacheRequests: new Counter({
      name: 'cache_requests_total',
      help: 'Commands to the cache; skipped: the circuit was open',
      labelNames: ['operation', 'result'],
      registers,
    }),
    circuitState: new Gauge({
      name: 'cache_circuit_state',
      help: 'State of the circuit to the cache: 1 for the state that it is in',
      labelNames: ['state'],
      registers,
    }),
    orders,
    tracesKept: new Counter({
      name: 'traces_kept_total',
      help: 'Sampled traces by highest-priority reason',
      labelNames: ['reason'],
      registers,
    }),
    spansSent: new Counter({ name: 'trace_spans_sent_total', help: 'Spans that the store took', registers }),
    spansDropped: new Counter({
      name: 'trace_spans_dropped_total',
      help: 'Spans of kept traces that are in no store',
      labelNames: ['reason'],
      registers,
    }),
    pages: makePageMetrics(registry),
  };
}

/** Logins by page and by API, and how they fail: counted from the start as orders are, and for the same reason. */
const LOGIN_ROUTES = ['/login', '/api/login'] as const;
const FAILED_STATUSES = ['500', '503'] as const;

function makeRequestDuration(registry: Metrics['registry']): Metrics['requestDuration'] {
  const duration: Metrics['requestDuration'] = new Histogram({
    name: 'http_request_duration_seconds',
    help: 'Time from the request to the last byte of the answer',
    labelNames: ['method', 'route', 'status_code'],
    buckets: SECONDS_BUCKETS,
    enableExemplars: true,
    registers: [registry],
  });
  for (const route of LOGIN_ROUTES)
    for (const status of FAILED_STATUSES) duration.zero({ method: 'POST', route, status_code: status });
  return duration;
}
