import { Counter, Gauge, Histogram, Registry, type OpenMetricsContentType } from 'prom-client';
import { collectProcessMetrics } from '../../../../kit/process-metrics.ts';
import { makePageMetrics, type PageMetrics } from './page-metrics.ts';

/** From a few milliseconds (a cached page: about 5 ms) to 10 s (the budget of a write). */
const SECONDS_BUCKETS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.3, 0.5, 1, 1.5, 2.5, 5, 10];

export type PoolName = 'db-write' | 'db-read';

/** Outcomes of orders. Initialized with zero, because a rate does not include the first increment of a new counter. */
const ORDER_RESULTS = ['created', 'replayed', 'key-conflict', 'rejected', 'unavailable', 'failed'] as const;

/** All metrics of the application. All labels have a bounded set of values. */
export interface Metrics {
  readonly registry: Registry<OpenMetricsContentType>;
  /** Only exemplars have the label `trace_id`. */
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
  readonly tracesSampled: Counter<'reason'>;
  readonly spansSent: Counter;
  readonly spansDropped: Counter<'reason'>;
  readonly pages: PageMetrics;
}

/** Makes a new registry with every metric of the application. */
export function makeMetrics(version: string): Metrics {
  // Always OpenMetrics: when prom-client switches between formats, it permanently changes the names of counters.
  const registry = new Registry<OpenMetricsContentType>();
  registry.setContentType(Registry.OPENMETRICS_CONTENT_TYPE);
  const registers = [registry];
  collectProcessMetrics(registry);
  const orders = new Counter({ name: 'orders_total', help: 'Orders by outcome', labelNames: ['result'], registers });
  for (const result of ORDER_RESULTS) orders.inc({ result }, 0);
  new Gauge({ name: 'release_info', help: 'Running release', labelNames: ['version'], registers }).set({ version }, 1);
  return {
    registry,
    requestDuration: makeRequestDuration(registry),
    requestsInFlight: new Gauge({ name: 'http_requests_in_flight', help: 'Requests in progress', registers }),
    poolWait: new Histogram({
      name: 'db_pool_wait_seconds',
      help: 'Time to acquire a database connection, failures included',
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
      help: 'Callers waiting for a database connection',
      labelNames: ['pool'],
      registers,
    }),
    queryDuration: new Histogram({
      name: 'db_query_duration_seconds',
      help: 'Duration of one statement, failures included',
      labelNames: ['pool', 'operation'],
      buckets: SECONDS_BUCKETS,
      registers,
    }),
    transactionRetries: new Counter({
      name: 'db_transaction_retries_total',
      help: 'Retried write transactions',
      labelNames: ['reason'],
      registers,
    }),
    readRetries: new Counter({
      name: 'db_read_retries_total',
      help: 'Reads retried on another connection',
      labelNames: ['reason'],
      registers,
    }),
    ownWriteReads: new Counter({
      name: 'db_own_write_reads_total',
      help: 'Reads of sessions with a recent write, by the place where that write was found',
      labelNames: ['result'],
      registers,
    }),
    cacheRequests: new Counter({
      name: 'cache_requests_total',
      help: 'Cache commands; skipped: the circuit breaker was open',
      labelNames: ['operation', 'result'],
      registers,
    }),
    circuitState: new Gauge({
      name: 'cache_circuit_state',
      help: 'State of the circuit breaker of the cache: 1 for the current state',
      labelNames: ['state'],
      registers,
    }),
    orders,
    tracesSampled: new Counter({
      name: 'traces_sampled_total',
      help: 'Sampled traces by highest-priority reason',
      labelNames: ['reason'],
      registers,
    }),
    spansSent: new Counter({ name: 'trace_spans_sent_total', help: 'Spans that the trace store accepted', registers }),
    spansDropped: new Counter({
      name: 'trace_spans_dropped_total',
      help: 'Spans of sampled traces that were not stored',
      labelNames: ['reason'],
      registers,
    }),
    pages: makePageMetrics(registry),
  };
}

/** Login routes and their failure statuses. Initialized with zero for the same reason as orders. */
const LOGIN_ROUTES = ['/login', '/api/login'] as const;
const FAILED_STATUSES = ['500', '503'] as const;

function makeRequestDuration(registry: Metrics['registry']): Metrics['requestDuration'] {
  const duration: Metrics['requestDuration'] = new Histogram({
    name: 'http_request_duration_seconds',
    help: 'Time from the request to the last byte of the response',
    labelNames: ['method', 'route', 'status_code'],
    buckets: SECONDS_BUCKETS,
    enableExemplars: true,
    registers: [registry],
  });
  for (const route of LOGIN_ROUTES)
    for (const status of FAILED_STATUSES) duration.zero({ method: 'POST', route, status_code: status });
  return duration;
}
