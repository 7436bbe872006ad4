/** An inhibition rule: a symptom needs no notification while its cause fires. */
interface Inhibition {
  /** Alerts by name: while one of them fires … */
  readonly causes: readonly string[];
  /** … these are not mailed … */
  readonly symptoms: readonly string[];
  /** … if these labels are equal. Empty: in any case. */
  readonly equal: readonly string[];
  readonly why: string;
}

/** Alerts for a lost host, which inhibit all alerts about missing services on it. */
export const HOST_LOST_ALERTS = [
  'EdgeLost',
  'LoadBalancerLost',
  'WebHostLost',
  'AppHostLost',
  'DatabaseNodeLost',
  'CacheHostLost',
  'MonitorLost',
] as const;

/**
 * All inhibition rules. They never inhibit alerts that users notice (no writable primary, errors, fast burn) or lost redundancy. Lost
 * redundancy shows how close the next outage is. alerts/check-inhibitions.ts checks the table against the alerts.
 */
export const INHIBITIONS: readonly Inhibition[] = [
  {
    causes: HOST_LOST_ALERTS,
    symptoms: ['TargetDown'],
    equal: ['host'],
    why: 'Nothing on a lost host can be scraped.',
  },
  {
    causes: ['MonitorLost'],
    symptoms: [
      'NotificationsFailing',
      'MonitorConfigRejected',
      'RuleEvaluationFailing',
      'AlertsDropped',
      'MonitorStorageFailing',
      'RuleEvaluationsMissed',
      'ScrapesLate',
      'SamplesRejected',
    ],
    equal: ['host'],
    why: 'The notifier is on the same host, and the last samples of a monitor stay current for the lookback.',
  },
  {
    causes: ['VirtualAddressMissing'],
    symptoms: ['EdgeOriginUnhealthy'],
    equal: [],
    why: 'Edges reach their origin at that address.',
  },
  {
    causes: ['MonitorLost'],
    symptoms: ['AlertmanagerClusterSplit'],
    equal: [],
    why: 'A cluster with one remaining member is not split.',
  },
  {
    causes: ['MachineCpuSaturated'],
    symptoms: ['HostCpuSaturated', 'ScrapesLate', 'RuleEvaluationsMissed', 'ScrapeSlow'],
    equal: [],
    why: 'All hosts share the CPUs of the machine.',
  },
  {
    causes: ['DiskAlmostFull'],
    symptoms: ['DiskFillingUp'],
    equal: ['host', 'mountpoint'],
    why: 'A disk that is almost full needs no forecast.',
  },
  {
    causes: ['DiskSlow'],
    symptoms: ['DatabaseLogWaits'],
    equal: [],
    why: 'The redo log waits for the disk of the machine.',
  },
  {
    causes: ['AppHostLost'],
    symptoms: ['DatabasePoolSaturated', 'ApplicationSaturated', 'CacheCircuitOpen'],
    equal: ['host'],
    why: 'The last metrics of a lost host do not help to recover it.',
  },
  {
    causes: ['DatabaseNoWritablePrimary'],
    symptoms: ['DatabasePoolSaturated'],
    equal: [],
    why: 'Writes wait in every pool until there is a writable primary.',
  },
  {
    causes: ['CacheNoPrimary'],
    symptoms: ['CacheCircuitOpen'],
    equal: [],
    why: 'Without a primary, no application host can use the cache.',
  },
  ...['Availability', 'PageLatency', 'Orders', 'OrderLatency', 'Logins', 'LoginLatency'].map((objective) => ({
    causes: [`${objective}BudgetBurnsFast`],
    symptoms: [`${objective}BudgetBurnsSlowly`],
    equal: ['slo'],
    why: 'A fast burn also exceeds the threshold of the slow burn.',
  })),
];

/** The rule in Alertmanager's format. Alert drills test the delivery, so real alerts must not inhibit them, and they must not inhibit real alerts. */
export function inhibitRule({ causes, symptoms, equal }: Inhibition): object {
  const real = 'drill!="true"';
  return {
    source_matchers: [`alertname=~"${causes.join('|')}"`, real],
    target_matchers: [`alertname=~"${symptoms.join('|')}"`, real],
    ...(equal.length === 0 ? {} : { equal }),
  };
}
