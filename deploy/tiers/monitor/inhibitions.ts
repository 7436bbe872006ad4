/** A symptom that says nothing new once its cause is told. */
interface Inhibition {
  /** Alerts by name: while one of them fires … */
  readonly causes: readonly string[];
  /** … these are not mailed … */
  readonly symptoms: readonly string[];
  /** … where both have these labels alike. Empty: wherever they are. */
  readonly equal: readonly string[];
  readonly why: string;
}

/** Say that a host is lost, and with that more than anything that is missing on it. */
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
 * What is kept from the mail. What users feel (no writable primary, errors, fast burning budgets) is never muted, nor is lost redundancy: it
 * says how near the next outage is. alerts/check-inhibitions.ts checks the table against the alerts.
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
    why: 'The notifier is on the same host, and what a monitor told of itself last is believed for a while.',
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
    why: 'Who has lost the other member is alone, which is no split.',
  },
  {
    causes: ['MachineCpuSaturated'],
    symptoms: ['HostCpuSaturated', 'ScrapesLate', 'RuleEvaluationsMissed', 'ScrapeSlow'],
    equal: [],
    why: 'Every host waits for the processors of the machine under it.',
  },
  {
    causes: ['DiskAlmostFull'],
    symptoms: ['DiskFillingUp'],
    equal: ['host', 'where'],
    why: 'A disk that is almost full needs no forecast.',
  },
  {
    causes: ['DiskSlow'],
    symptoms: ['DatabaseLogWaits'],
    equal: [],
    why: 'The log waits for the disk of the machine.',
  },
  {
    causes: ['AppHostLost'],
    symptoms: ['DatabasePoolSaturated', 'ApplicationSaturated', 'CacheCircuitOpen'],
    equal: ['host'],
    why: 'How a lost host fared is of no use to who has to bring it back.',
  },
  {
    causes: ['DatabaseNoWritablePrimary'],
    symptoms: ['DatabasePoolSaturated'],
    equal: [],
    why: 'Writes wait in every pool until somebody takes them.',
  },
  {
    causes: ['CacheNoPrimary'],
    symptoms: ['CacheCircuitOpen'],
    equal: [],
    why: 'No application host can reach a cache that nobody serves.',
  },
  ...['Availability', 'PageLatency', 'Orders', 'OrderLatency', 'Logins', 'LoginLatency'].map((objective) => ({
    causes: [`${objective}BudgetBurnsFast`],
    symptoms: [`${objective}BudgetBurnsSlowly`],
    equal: ['slo'],
    why: 'What burns a budget fast burns it slowly as well.',
  })),
];

/** As Alertmanager reads it. A drill shows whether an alert is mailed: nothing real may mute it, and it may mute nothing real. */
export function inhibitRule({ causes, symptoms, equal }: Inhibition): object {
  const real = 'drill!="true"';
  return {
    source_matchers: [`alertname=~"${causes.join('|')}"`, real],
    target_matchers: [`alertname=~"${symptoms.join('|')}"`, real],
    ...(equal.length === 0 ? {} : { equal }),
  };
}
