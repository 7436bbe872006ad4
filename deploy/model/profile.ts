/**
 * The timing profile: check intervals and timeouts, which determine how long an outage lasts.
 * All values are milliseconds unless the name contains another unit.
 */
export interface Profile {
  readonly name: string;
  /** Interval of VRRP advertisements from the owner of a virtual IP. */
  readonly vrrpAdvertMs: number;
  /** Load balancer to web, app and cache hosts. A server is down after `fall` failed checks and up again after `rise` successful ones. */
  readonly check: Check;
  /** Database role agent to the nodes, and HAProxy to the agent. */
  readonly role: RoleCheck;
  /** Sentinel considers a primary down after this time without a valid reply. */
  readonly sentinelDownAfterMs: number;
  readonly sentinelFailoverTimeoutMs: number;
  /**
   * How long a former primary that was hung or partitioned still reports the role of primary after it is back. It follows from constants of
   * Sentinel. It polls the role of a replica every 10 s (`sentinel_info_period`). It reconfigures a replica that has reported the
   * primary role for 8 s (four times `sentinel_publish_period`). So it acts on the second poll; before the first it has to connect.
   */
  readonly sentinelDemotesMs: number;
  /** Group Replication's failure detection: compiled into the server (5 s), repeated here for predictions. */
  readonly groupSuspicionMs: number;
  /** ARP timeouts of database nodes, see deploy/model/network-attachments.ts. */
  readonly arp: {
    /** How long an ARP entry is valid without a probe. */
    readonly reachableMs: number;
    /** Between two ARP probes. */
    readonly retransmitMs: number;
  };
  readonly client: ClientTimeouts;
  readonly traces: Traces;
  readonly monitoring: MonitoringTimings;
}

interface Check {
  readonly intervalMs: number;
  /** Between checks of a server that is changing state. */
  readonly fastIntervalMs: number;
  readonly timeoutMs: number;
  readonly fall: number;
  readonly rise: number;
  readonly slowStartMs: number;
}

interface RoleCheck {
  readonly intervalMs: number;
  /**
   * Interval of HAProxy's agent checks, which restore the state of a restarted HAProxy. The role agent pushes every change at once besides.
   */
  readonly agentCheckMs: number;
  /** Deadline for the status query of one node. */
  readonly timeoutMs: number;
  /** Applier queue (transactions) above which a secondary gets no reads. */
  readonly maxApplyQueue: number;
  /** Lag above which a secondary gets no reads. */
  readonly maxLagMs: number;
  /** How long a member may stay in ERROR or OFFLINE before the agent restarts its replication. */
  readonly repairAfterMs: number;
}

/** Timeouts of the application's database and cache clients. */
interface ClientTimeouts {
  readonly connectMs: number;
  /** One read query; the read is then retried on another connection. */
  readonly readQueryMs: number;
  /** One round trip of a write transaction, without waits for row locks. */
  readonly writeQueryMs: number;
  /** Total time of one write, including retries of the whole transaction. */
  readonly writeBudgetMs: number;
  /** How long a read may wait on a secondary for the session's own last write. */
  readonly ownWriteWaitMs: number;
  readonly cacheCommandMs: number;
  readonly cacheConnectMs: number;
  /** How long the circuit breaker of the cache stays open. */
  readonly cacheRetryMs: number;
  /** Idle connections are closed after this time. */
  readonly idleMs: number;
  /** How long a terminating application still serves requests while its readiness check fails. */
  readonly drainMs: number;
}

/** Tail sampling of traces. Failed and retried requests are always sampled. */
export interface Traces {
  /** Requests that took longer are always sampled. Equals the read latency limit of the guarantees. */
  readonly slowMs: number;
  /** Share of all other requests that is sampled, 0 … 1. */
  readonly sampleRatio: number;
}

export interface MonitoringTimings {
  readonly scrapeIntervalMs: number;
  /** Metrics of the monitors themselves: a thousand series each, scraped by both. */
  readonly monitorScrapeIntervalMs: number;
  /** Detail metrics of servers beyond availability: many series per host. */
  readonly detailScrapeIntervalMs: number;
  /** Probe cycle of each monitor: host metrics, every hop, and the user journey through the shop, whose timeout equals this interval. */
  readonly probeIntervalMs: number;
  /** Metrics that are expensive to collect and change slowly. Must be shorter than `lookbackMs` to avoid gaps. */
  readonly slowScrapeIntervalMs: number;
  readonly evaluationIntervalMs: number;
  /** Evaluation interval of SLO rules; slow windows and error budgets have longer ones. */
  readonly sloIntervalMs: number;
  /**
   * Period of an error budget. Burn-rate windows are fixed shares of it (alerts/slo/burn-windows.ts), so a burn rate has the same meaning
   * in every profile.
   */
  readonly budgetPeriodMs: number;
  /** How long Prometheus keeps samples. */
  readonly retentionMs: number;
  /** Size limit of Prometheus' storage; it removes the oldest samples first. A sample takes 1 to 2 bytes (Prometheus' manual, "Storage"). */
  readonly retentionMegabytes: number;
  /** Default `for:` duration of alerts. */
  readonly alertForMs: number;
  readonly groupWaitMs: number;
  readonly groupIntervalMs: number;
  /** Interval of reminder mails about firing alerts. */
  readonly reminderIntervalMs: number;
  /**
   * Alertmanager's `repeat_interval`: how often it notifies the notifiers about firing alerts. They mail only state changes and reminders.
   * An Alertmanager that was down while an alert resolved delays the notification about its next occurrence by up to this time.
   */
  readonly repeatIntervalMs: number;
  /** Prometheus' lookback: older samples are stale. So the series of a host that was shut down together with its monitor end on their own. */
  readonly lookbackMs: number;
  /** Alertmanager's wait per position in the gossip cluster before it sends notifications in place of the members before it. */
  readonly peerTimeoutMs: number;
  /** Startup grace period: missing targets do not alert yet. It ends early once no alert condition has been true. */
  readonly startupGraceMs: number;
  /** Remaining validity below which a certificate alerts. `up` renews earlier (deploy/stack/certificates.ts), so the alert means that it was not run. */
  readonly certificateHorizonMs: number;
}

/** Maximum age of a node's last response for it to get reads: one poll may fail. */
export function readerMaxAgeMs({ intervalMs, timeoutMs }: RoleCheck): number {
  return 2 * intervalMs + timeoutMs;
}

/**
 * Maximum age of data on the read route. It is the sum of the lag limit, the maximum age of the node's last response, the role agent's poll
 * interval and timeout, and the interval of HAProxy's agent check.
 */
export function readerStalenessMs({ role }: Profile): number {
  return role.maxLagMs + readerMaxAgeMs(role) + role.intervalMs + role.agentCheckMs + role.timeoutMs;
}

/** Seconds instead of minutes: for test runs on one machine. Sources of the numbers: measurements on two cores and the servers' manuals. */
export const DRILL: Profile = {
  name: 'drill',
  vrrpAdvertMs: 100,
  check: { intervalMs: 500, fastIntervalMs: 200, timeoutMs: 400, fall: 2, rise: 2, slowStartMs: 5_000 },
  role: {
    intervalMs: 500,
    agentCheckMs: 2_000,
    timeoutMs: 500,
    maxApplyQueue: 100,
    maxLagMs: 5_000,
    repairAfterMs: 3_000,
  },
  sentinelDownAfterMs: 1_000,
  sentinelFailoverTimeoutMs: 5_000,
  sentinelDemotesMs: 12_000,
  groupSuspicionMs: 5_000,
  arp: { reachableMs: 1_000, retransmitMs: 100 },
  client: {
    connectMs: 400,
    readQueryMs: 500,
    writeQueryMs: 2_000,
    writeBudgetMs: 10_000,
    ownWriteWaitMs: 200,
    cacheCommandMs: 50,
    cacheConnectMs: 200,
    cacheRetryMs: 1_000,
    idleMs: 60_000,
    drainMs: 2_000,
  },
  traces: { slowMs: 300, sampleRatio: 0.02 },
  monitoring: {
    scrapeIntervalMs: 2_000,
    monitorScrapeIntervalMs: 5_000,
    detailScrapeIntervalMs: 6_000,
    probeIntervalMs: 9_000,
    slowScrapeIntervalMs: 15_000,
    evaluationIntervalMs: 2_000,
    sloIntervalMs: 5_000,
    budgetPeriodMs: 86_400_000,
    retentionMs: 86_400_000,
    retentionMegabytes: 512,
    alertForMs: 4_000,
    groupWaitMs: 1_000,
    groupIntervalMs: 5_000,
    reminderIntervalMs: 3_600_000,
    repeatIntervalMs: 10_000,
    lookbackMs: 20_000,
    peerTimeoutMs: 5_000,
    startupGraceMs: 120_000,
    certificateHorizonMs: 14 * 86_400_000,
  },
};

/**
 * Minutes instead of seconds: for a stack on separate machines, with brief network disturbances and an on-call engineer. A failover takes
 * longer and false ones are rarer. An alert waits until it justifies a page. Error budgets cover 30 days.
 */
export const PRODUCTION: Profile = {
  name: 'production',
  vrrpAdvertMs: 1_000,
  check: { intervalMs: 2_000, fastIntervalMs: 1_000, timeoutMs: 1_000, fall: 3, rise: 2, slowStartMs: 30_000 },
  role: {
    intervalMs: 1_000,
    agentCheckMs: 2_000,
    timeoutMs: 1_000,
    maxApplyQueue: 1_000,
    maxLagMs: 10_000,
    repairAfterMs: 10_000,
  },
  sentinelDownAfterMs: 5_000,
  sentinelFailoverTimeoutMs: 30_000,
  sentinelDemotesMs: 15_000,
  groupSuspicionMs: 5_000,
  arp: { reachableMs: 1_000, retransmitMs: 500 },
  client: {
    connectMs: 1_000,
    readQueryMs: 2_000,
    writeQueryMs: 5_000,
    writeBudgetMs: 15_000,
    ownWriteWaitMs: 500,
    cacheCommandMs: 100,
    cacheConnectMs: 500,
    cacheRetryMs: 5_000,
    idleMs: 300_000,
    drainMs: 10_000,
  },
  traces: { slowMs: 1_000, sampleRatio: 0.01 },
  monitoring: {
    scrapeIntervalMs: 15_000,
    monitorScrapeIntervalMs: 30_000,
    detailScrapeIntervalMs: 30_000,
    slowScrapeIntervalMs: 120_000,
    probeIntervalMs: 60_000,
    evaluationIntervalMs: 15_000,
    sloIntervalMs: 60_000,
    budgetPeriodMs: 30 * 86_400_000,
    retentionMs: 31 * 86_400_000,
    retentionMegabytes: 8_192,
    alertForMs: 60_000,
    groupWaitMs: 30_000,
    groupIntervalMs: 60_000,
    reminderIntervalMs: 4 * 3_600_000,
    repeatIntervalMs: 300_000,
    lookbackMs: 300_000,
    peerTimeoutMs: 15_000,
    startupGraceMs: 600_000,
    certificateHorizonMs: 14 * 86_400_000,
  },
};
