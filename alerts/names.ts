/**
 * Every alert by name, and what one alert of that name is about: one `host` of the topology (label `host`; `where` says what of it), one virtual `address`
 * (labels `network` and `address`), one scrape `target` (labels `job` and `host`), or a `service` as a whole.
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
  CacheHostLost: 'host',
  CacheNoPrimary: 'service',
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
  SiteUnreachable: 'service',
  JourneyFailing: 'service',
  HopFailing: 'target',
  MonitorLost: 'host',
  NotificationsFailing: 'host',
  AccessLogSilent: 'target',
  AccessLogIncomplete: 'target',
  TargetDown: 'target',
  Watchdog: 'service',
} as const satisfies Readonly<Record<string, 'host' | 'address' | 'target' | 'service'>>;

export type AlertName = keyof typeof ALERTS;

/** Alerts that are not Prometheus' but a notifier's own, told without Alertmanager. They have runbooks too. */
export const NOTIFIER_ALERTS = ['WatchdogSilent'] as const;
