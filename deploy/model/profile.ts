/**
 * The recovery-time profile: the check intervals and timeouts that decide how long a failure lasts, in one place.
 * All values are milliseconds unless the name says otherwise.
 */
export interface Profile {
  readonly name: string;
  /** VRRP: how often the holder of a virtual address says that it lives. */
  readonly vrrpAdvertMs: number;
  /** Load balancer to web, app and cache hosts. A server is out after `fall` failed checks and in again after `rise`. */
  readonly check: Check;
  /** Database role agent to the nodes, and HAProxy to the agent. */
  readonly role: RoleCheck;
  /** Valkey Sentinel's view of a primary. */
  readonly sentinelDownAfterMs: number;
  readonly sentinelFailoverTimeoutMs: number;
  /**
   * How long a primary that was frozen or cut off calls itself one after it is back. Compiled into Sentinel: it asks a replica for its role every
   * 10 s (`sentinel_info_period`), and makes one follow that has called itself the primary for 8 s (four times `sentinel_publish_period`), so at
   * the second answer; before the first it has to connect.
   */
  readonly sentinelDemotesMs: number;
  /** Group Replication's failure detection: compiled into the server (5 s), stated so that predictions can use it. */
  readonly groupSuspicionMs: number;
  /** When the kernel of a database node gives up another one that says nothing: see deploy/model/network-attachments.ts. */
  readonly neighbour: {
    /** How long it is believed in without a question. */
    readonly arpReachableMs: number;
    /** Between two questions. */
    readonly arpRetransmitMs: number;
  };
  readonly client: ClientTimeouts;
  readonly traces: Traces;
  readonly monitoring: MonitoringTimings;
}

interface Check {
  readonly intervalMs: number;
  /** Between checks of a server that is just changing its state. */
  readonly fastIntervalMs: number;
  readonly timeoutMs: number;
  readonly fall: number;
  readonly rise: number;
  readonly slowStartMs: number;
}

interface RoleCheck {
  readonly intervalMs: number;
  /** HAProxy asks the agent by itself this often, for what it missed while it was down: the agent tells it every change at once. */
  readonly agentCheckMs: number;
  /** How long one node may take to say what it is. */
  readonly timeoutMs: number;
  /** Apply queue (transactions) from which on a secondary gets no reads. */
  readonly maxApplyQueue: number;
  /** What a secondary may lack at most, by age, and still get reads. */
  readonly maxLagMs: number;
  /** How long a member may stay in ERROR or OFFLINE before the agent restarts its replication. */
  readonly mendAfterMs: number;
}

/** Timeouts that the application sets on every client of its own. */
interface ClientTimeouts {
  readonly connectMs: number;
  /** One read query; the read is then tried again on another connection. */
  readonly readQueryMs: number;
  /** One round trip of a write transaction, waits for rows of others not counted. */
  readonly writeQueryMs: number;
  /** Everything that one write may take, retries of the whole transaction included. */
  readonly writeBudgetMs: number;
  /** How long a read may wait on a secondary for the session's own last write. */
  readonly ownWriteWaitMs: number;
  readonly cacheCommandMs: number;
  readonly cacheConnectMs: number;
  /** How long the circuit to the cache stays open after it broke. */
  readonly cacheRetryMs: number;
  /** Idle connections are closed after this. */
  readonly idleMs: number;
  /** How long a terminating application serves on while it says that it is not ready. */
  readonly drainMs: number;
}

/** Which traces are kept. Errors and retried requests always are. */
export interface Traces {
  /** A request that took longer is kept: what the guarantees promise readers at most. */
  readonly slowMs: number;
  /** Share of all other requests that is kept, 0 … 1. */
  readonly keptRatio: number;
}

export interface MonitoringTimings {
  readonly scrapeIntervalMs: number;
  /** The monitors' metrics of themselves: a thousand series each, and asked for by both. */
  readonly monitorScrapeIntervalMs: number;
  /** What tells how a server fares, not whether it is there: many series of every host. */
  readonly detailScrapeIntervalMs: number;
  /** How often each monitor goes its round: asks every host and every hop, and walks through the shop as a customer does, which may take this long. */
  readonly probeIntervalMs: number;
  /** What is expensive to tell and changes slowly. Shorter than `lookbackMs`, or there would be gaps. */
  readonly slowScrapeIntervalMs: number;
  readonly evaluationIntervalMs: number;
  /** How often objectives (SLOs) are measured; slow windows and error budgets more seldom. */
  readonly sloIntervalMs: number;
  /**
   * The time for which an error budget is given. The windows of burn rates are fixed shares of it (alerts/slo/burn-windows.ts), so a
   * burn rate means the same in every profile.
   */
  readonly budgetPeriodMs: number;
  /** How long Prometheus keeps samples. */
  readonly retentionMs: number;
  /** Disk that they may take; where it is full, the oldest go sooner. A sample takes 1 to 2 bytes (Prometheus' manual, "Storage"). */
  readonly retentionMegabytes: number;
  /** How long a condition must hold before it is an alert. */
  readonly alertForMs: number;
  readonly groupWaitMs: number;
  readonly groupIntervalMs: number;
  /** How often people are reminded of what still fires. */
  readonly reminderIntervalMs: number;
  /**
   * How often Alertmanager tells the notifiers what still fires; they mail only news and reminders. An Alertmanager that was down
   * while an alert ended keeps its next occurrence to itself for as long as this.
   */
  readonly repeatIntervalMs: number;
  /** Samples older than this say nothing about now: series of a host that was shut down together with its monitor end by themselves. */
  readonly lookbackMs: number;
  /** Alertmanager's wait per position in the gossip cluster before it sends what the member before it should have sent. */
  readonly peerTimeoutMs: number;
  /** How long a stack may be starting before what is not there is a fault; ends as soon as everything was well once. */
  readonly startupGraceMs: number;
  /** A certificate that ends sooner than this is told. `up` renews earlier (deploy/stack/certificates.ts), so that it is told only where nobody ran it. */
  readonly certificateHorizonMs: number;
}

/** How old a node's answer may be for it to get reads: one poll may stay unanswered. */
export function readerMaxAgeMs({ intervalMs, timeoutMs }: RoleCheck): number {
  return 2 * intervalMs + timeoutMs;
}

/**
 * How old data on the read route may be. A secondary lags up to its limit, its answer is old by then, the role agent decides at the next
 * turn, and HAProxy takes the change at the latest when it asks for it itself.
 */
export function readerStalenessMs({ role }: Profile): number {
  return role.maxLagMs + readerMaxAgeMs(role) + role.intervalMs + role.agentCheckMs + role.timeoutMs;
}

/** Seconds, not minutes: made for drills on one machine. Sources of the numbers: measurements on two cores and the servers' manuals. */
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
    mendAfterMs: 3_000,
  },
  sentinelDownAfterMs: 1_000,
  sentinelFailoverTimeoutMs: 5_000,
  sentinelDemotesMs: 12_000,
  groupSuspicionMs: 5_000,
  neighbour: { arpReachableMs: 1_000, arpRetransmitMs: 100 },
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
  traces: { slowMs: 300, keptRatio: 0.02 },
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
 * Minutes, not seconds: for a stack whose hosts are machines of their own, whose network hiccups, and whose people sleep. A failover
 * takes longer, a false one is rarer, and an alert waits until it is worth a person. Error budgets are for 30 days.
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
    mendAfterMs: 10_000,
  },
  sentinelDownAfterMs: 5_000,
  sentinelFailoverTimeoutMs: 30_000,
  sentinelDemotesMs: 15_000,
  groupSuspicionMs: 5_000,
  neighbour: { arpReachableMs: 1_000, arpRetransmitMs: 500 },
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
  traces: { slowMs: 1_000, keptRatio: 0.01 },
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
