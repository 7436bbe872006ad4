import { atMost, gauge, type Metric, type Unit } from './metric.ts';

const SLO = {
  slo: ['site/availability', 'pages/latency', 'orders/placed', 'orders/latency', 'logins/succeed', 'logins/latency'],
} as const;
const WINDOW = { pair: ['14.4', '6', '3', '1'], span: ['long', 'short'] } as const;

const TIER = { tier: ['edge', 'lb', 'web', 'app', 'db', 'cache'] } as const;
const duration = (what: string): Metric =>
  gauge('seconds', `Time that a request takes, ${what}; absent without requests.`, { labels: TIER });
const ofHost = (unit: Unit, help: string): Metric =>
  gauge(unit, help, { labels: { host: atMost(32, 'hosts of the topology') } });

/** Series of recording rules, for the rules and dashboards that read them: alerts/check-rules.ts compares both ways. */
export const RECORDED = {
  'holdfast:last_healthy_timestamp_seconds': gauge(
    'timestamp',
    'When no condition of an alert was true, for the last time.',
  ),
  'holdfast:startup_grace': gauge('1', 'While this is 1 the stack is starting, and what is not there yet is no fault.'),
  'slo:objective:ratio': gauge('ratio', 'The share of events that must be good.', { labels: SLO }),
  'slo:events:rate': gauge('1 per second', 'Events that count for an objective.', { labels: SLO }),
  'slo:errors:rate': gauge('1 per second', 'Those of them that were bad.', { labels: SLO }),
  'slo:error_ratio:window': gauge('ratio', 'Share of bad events in a window; absent without events.', {
    labels: { ...SLO, ...WINDOW },
  }),
  'slo:burn_rate:ratio': gauge('ratio', 'How many times faster than it lasts the error budget is spent now.', {
    labels: SLO,
  }),
  'slo:error_budget_left:ratio': gauge(
    'ratio',
    'What is left of the error budget of the period, below 0 when more was spent; absent while the budget is less than one event.',
    { labels: SLO },
  ),
  'tier:requests:rate': gauge('1 per second', 'Requests of a tier, health checks of the load balancers left out.', {
    labels: TIER,
  }),
  'tier:errors:rate': gauge('1 per second', 'Failed requests; edges: failed fetches; database: retried writes.', {
    labels: TIER,
  }),
  'tier:duration_seconds:mean': duration('on average'),
  'tier:duration_seconds:p50': duration('for half of them at most'),
  'tier:duration_seconds:p95': duration('for 95 % of them at most'),
  'tier:duration_seconds:p99': duration('for 99 % of them at most'),
  'host:cpu_utilization:ratio': ofHost('ratio', 'Share of its processors that a host uses.'),
  'host:cpu_saturation:ratio': ofHost('ratio', 'Share of the periods in which it had to wait for its processors.'),
  'host:memory_utilization:ratio': ofHost('ratio', 'Share of its memory that cannot be taken back at once.'),
  'host:memory_saturation:rate': ofHost('1 per second', 'Times that it was at the limit of its memory.'),
  'host:memory_errors:rate': ofHost('1 per second', 'OOM kills.'),
  'host:disk_utilization:ratio': ofHost('ratio', 'Share of its fullest file system that is used.'),
  'host:network_saturation:rate': ofHost('1 per second', 'Packets that were dropped, in both directions.'),
  'host:network_errors:rate': ofHost('1 per second', 'Packets that were broken, in both directions.'),
} as const;
