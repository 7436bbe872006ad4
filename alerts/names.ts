/**
 * Every alert by name, and what one alert of that name is about: one `host` of the topology (label `host`; `where` says what of it), one virtual
 * `address` (labels `network` and `address`), one scrape `target` (labels `job` and `host`), one `backend` of the load balancers (label `proxy`),
 * one objective (label `slo`), or a `service` as a whole.
 */
export const ALERTS = {
  EdgeLost: 'host',
  EdgeOriginUnhealthy: 'host',
  LoadBalancerLost: 'host',
  VirtualAddressMissing: 'address',
  VirtualAddressDuplicated: 'address',
  WebHostLost: 'host',
  WebConnectionsDropped: 'host',
  AppHostLost: 'host',
  DatabaseNodeLost: 'host',
  DatabaseRedundancyLost: 'service',
  DatabaseNoWritablePrimary: 'service',
  DatabaseViewSplit: 'service',
  CacheHostLost: 'host',
  CacheNoPrimary: 'service',
  CachePrimaryDuplicated: 'service',
  ProcessRestarting: 'host',
  HostOutOfMemory: 'host',
  HostThrottled: 'host',
  DiskAlmostFull: 'host',
  DatabaseReplicaLagging: 'host',
  DatabaseConnectionsNearLimit: 'host',
  CacheRedundancyLost: 'service',
  SentinelQuorumLost: 'service',
  CacheEvicting: 'host',
  HighErrorRate: 'service',
  SiteUnreachable: 'target',
  JourneyFailing: 'service',
  HopFailing: 'target',
  CertificateExpiring: 'target',
  MonitorLost: 'host',
  NotificationsFailing: 'host',
  AccessLogSilent: 'target',
  AccessLogIncomplete: 'target',
  TargetDown: 'target',
  Watchdog: 'service',
  DatabasePoolSaturated: 'host',
  CacheCircuitOpen: 'host',
  ApplicationSaturated: 'host',
  RequestsQueued: 'backend',
  WebRedundancyLost: 'service',
  AppRedundancyLost: 'service',
  MonitorConfigRejected: 'host',
  RuleEvaluationFailing: 'host',
  AlertsDropped: 'host',
  MonitorStorageFailing: 'host',
  AlertmanagerClusterSplit: 'host',
  CollectorFailing: 'target',
  SeriesDropped: 'target',
  RuleEvaluationsMissed: 'host',
  ScrapesLate: 'host',
  ScrapeSlow: 'target',
  SamplesRejected: 'host',
  MonitorRulesDiffer: 'service',
  AvailabilityBudgetBurnsFast: 'slo',
  AvailabilityBudgetBurnsSlowly: 'slo',
  PageLatencyBudgetBurnsFast: 'slo',
  PageLatencyBudgetBurnsSlowly: 'slo',
  OrdersBudgetBurnsFast: 'slo',
  OrdersBudgetBurnsSlowly: 'slo',
  OrderLatencyBudgetBurnsFast: 'slo',
  OrderLatencyBudgetBurnsSlowly: 'slo',
  LoginsBudgetBurnsFast: 'slo',
  LoginsBudgetBurnsSlowly: 'slo',
  LoginLatencyBudgetBurnsFast: 'slo',
  LoginLatencyBudgetBurnsSlowly: 'slo',
} as const satisfies Readonly<Record<string, 'host' | 'address' | 'target' | 'backend' | 'slo' | 'service'>>;

export type AlertName = keyof typeof ALERTS;

const LABELS = {
  host: ['host'],
  address: ['network', 'address'],
  target: ['job', 'host'],
  backend: ['proxy'],
  slo: ['slo'],
  service: [],
} as const;

/** The labels that say what one alert of a name is about. */
export function labelsOf(name: AlertName): readonly string[] {
  return LABELS[ALERTS[name]];
}

/** Alerts that are not Prometheus' but a notifier's own, told without Alertmanager. They have runbooks too. */
export const NOTIFIER_ALERTS = ['WatchdogSilent', 'MonitorsSilent'] as const;
