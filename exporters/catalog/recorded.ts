import { atMost, gauge, type Metric, type Unit } from './metric.ts';

const SLO = {
  slo: ['site/availability', 'pages/latency', 'orders/placed', 'orders/latency', 'logins/succeed', 'logins/latency'],
} as const;
const WINDOW = { pair: ['14.4', '6', '3', '1'], span: ['long', 'short'] } as const;

const TIER = { tier: ['edge', 'lb', 'web', 'app', 'db', 'cache'] } as const;
const duration = (what: string): Metric =>
  gauge('seconds', `Request duration, ${what}; absent without requests.`, { labels: TIER });
const ofHost = (unit: Unit, help: string): Metric =>
  gauge(unit, help, { labels: { host: atMost(32, 'hosts of the topology') } });

/** Series of recording rules, for the rules and dashboards that read them: alerts/check-rules.ts compares both ways. */
export const RECORDED = {
  'holdfast:last_healthy_timestamp_seconds': gauge('timestamp', 'Last time at which no alert condition was true.'),
  'holdfast:startup_grace': gauge(
    '1',
    'Whether the stack is starting, so that components not yet present are no fault.',
  ),
  'slo:objective:ratio': gauge('ratio', 'Objective of an SLO: minimum share of good events.', { labels: SLO }),
  'slo:events:rate': gauge('1 per second', 'Valid events of an SLO.', { labels: SLO }),
  'slo:errors:rate': gauge('1 per second', 'Bad events of an SLO.', { labels: SLO }),
  'slo:error_ratio:window': gauge('ratio', 'Share of bad events in a window; absent without events.', {
    labels: { ...SLO, ...WINDOW },
  }),
  'slo:burn_rate:ratio': gauge(
    'ratio',
    'Current burn rate of the error budget; 1 spends it exactly within its period.',
    {
      labels: SLO,
    },
  ),
  'slo:error_budget_left:ratio': gauge(
    'ratio',
    'Remaining error budget of the period; negative if overspent; absent while the budget is less than one event.',
    { labels: SLO },
  ),
  'tier:requests:rate': gauge('1 per second', 'Requests of a tier, without health checks of the load balancers.', {
    labels: TIER,
  }),
  'tier:errors:rate': gauge('1 per second', 'Failed requests; edges: failed fetches; database: retried writes.', {
    labels: TIER,
  }),
  'tier:duration_seconds:mean': duration('mean'),
  'tier:duration_seconds:p50': duration('median'),
  'tier:duration_seconds:p95': duration('95th percentile'),
  'tier:duration_seconds:p99': duration('99th percentile'),
  'host:cpu_utilization:ratio': ofHost('ratio', 'CPU utilization: share of the available CPUs of a host that it uses.'),
  'host:cpu_saturation:ratio': ofHost('ratio', 'CPU saturation: share of CPU periods in which the host was throttled.'),
  'host:memory_utilization:ratio': ofHost(
    'ratio',
    'Memory utilization: working set as a share of the memory of the host.',
  ),
  'host:memory_saturation:rate': ofHost('1 per second', 'Memory saturation: times that the memory limit was reached.'),
  'host:memory_errors:rate': ofHost('1 per second', 'Memory errors: OOM kills.'),
  'host:disk_utilization:ratio': ofHost('ratio', 'Disk utilization: used share of the fullest file system.'),
  'host:network_saturation:rate': ofHost('1 per second', 'Network saturation: dropped packets, both directions.'),
  'host:network_errors:rate': ofHost('1 per second', 'Network errors: packets with errors, both directions.'),
} as const;
