import { z } from 'zod';

const ms = z.number().positive();
const count = z.int().positive();
const ratio = z.number().min(0).max(1);

const schedule = z.strictObject({
  name: z.string().min(1),
  /** Start of the period, such as `0 8 * * 1-5`. */
  cron: z.string().min(1),
  /** IANA name. Default: UTC. */
  timezone: z.string().min(1).default('UTC'),
  forMinutes: z.number().positive(),
  hosts: count,
});

/** The form of {@link Settings}. */
export const settingsSchema = z.strictObject({
  /** Hosts that may serve, in order of preference. The last one is drained first. */
  slots: z.array(z.string().min(1)).min(1).readonly(),
  floor: count,
  ceiling: count,
  /** Load of one host at which the pool has the right size, and the share of the host's capacity that this is. */
  target: z.strictObject({
    inFlight: z.number().positive(),
    requestRate: z.number().positive(),
    utilisation: ratio.min(0.1),
  }),
  tickMs: ms.max(2_000),
  /** Readings above this age are missing. */
  maxAgeMs: ms,
  stableWindowMs: ms,
  panicWindowMs: ms,
  /** Shares of the target that the load may exceed (`out`, `burst`) or must fall below (`in`) before the count changes. */
  tolerance: z.strictObject({ out: ratio, burst: ratio, in: ratio }),
  /** Longest wait of a request in the load balancer. New hosts must serve the waiting ones within the same time. */
  queueMs: ms,
  /** The load must have been low for this time before a host is drained. */
  scaleInWindowMs: ms,
  /** Between two drains. */
  scaleInPauseMs: ms,
  suddenFall: z.strictObject({
    /** Remaining share of the traffic that counts as a sudden fall. */
    ratio,
    /** Only a fall below the lowest traffic of this period is sudden. */
    memoryMs: ms,
    /** Scale-in is frozen for this time, or until the traffic is back. */
    holdMs: ms,
  }),
  latencyLimitMs: ms,
  /** From this saturation of the database, no host is added for load. */
  databaseVeto: ratio,
  connections: z.strictObject({ perHost: count, serverLimit: count, reserve: z.int().min(0) }),
  /** Expected time from the start of a host until it is in rotation. The forecast precedes the load by it. */
  startUpMs: ms,
  /** A host that is not in rotation after this time is stopped, and the next one started. */
  startTimeoutMs: ms,
  /** A host that failed to start is not started again for this time. */
  retryHostMs: ms,
  /** Alerts with this prefix are the autoscaler's own and do not freeze scale-in. */
  ownAlertPrefix: z.string().min(1),
  schedules: z.array(schedule).readonly(),
});

/** Settings of the autoscaler. Durations in ms. */
export type Settings = Readonly<z.infer<typeof settingsSchema>>;
export type Schedule = Settings['schedules'][number];
