import { DATABASE_CONNECTIONS } from '../../deploy/model/database-connections.ts';
import { hostsOf, slotsOf, type Topology } from '../../deploy/model/topology.ts';
import { QUEUE_MS } from '../../deploy/tiers/haproxy/process.ts';
import { REFERENCE_HOST } from './reference-host.ts';
import type { Settings } from './settings.ts';

/** The default utilisation of HPA v2. Above it, the waiting time in a queue rises steeply. */
const UTILISATION = 0.8;

/**
 * The settings of a topology. Numbers without another source were chosen with `holdfast scale simulate all`.
 *
 * @param startUpMs Time from the start of a host until it is in rotation. Scale-in is slower if it is longer, because a wrong drain costs it.
 */
export function defaultSettings(topology: Topology, startUpMs = 1_000 * REFERENCE_HOST.startUpSeconds): Settings {
  const slots = slotsOf(topology, 'app').map(({ name }) => name);
  const { workers, serviceSeconds } = REFERENCE_HOST;
  const { poolsPerHost, poolSize, serverLimit, reserve } = DATABASE_CONNECTIONS;
  // Knative's stable window.
  const stableWindowMs = 60_000;
  return {
    slots,
    // The redundancy of the reference topology: two hosts, of which one may fail.
    floor: hostsOf(topology, 'app').length,
    ceiling: slots.length,
    target: {
      inFlight: UTILISATION * workers,
      requestRate: (UTILISATION * workers) / serviceSeconds,
      utilisation: UTILISATION,
    },
    // Half of Knative's 2 s: a burst that only one signal shows needs two ticks as evidence.
    tickMs: 1_000,
    // One missed reading is tolerated, two are not.
    maxAgeMs: 2_500,
    stableWindowMs,
    // Knative: 10 % of the stable window.
    panicWindowMs: 6_000,
    // `out` is the tolerance of HPA v2. A host is drained only if the others suffice without tolerance, so noise of ± 4 % cannot reverse a change.
    tolerance: { out: 0.1, burst: 0.2, in: 0 },
    queueMs: QUEUE_MS,
    // HPA v2 waits 300 s, for hosts that need about a minute to start.
    scaleInWindowMs: Math.max(stableWindowMs, 5 * startUpMs),
    // The longest `drainMs` of a profile: the requests of the drained host have ended.
    scaleInPauseMs: 10_000,
    // A fall to less than half within a minute, below the traffic of the last hour. Most failovers and rollbacks end within 15 minutes.
    suddenFall: { ratio: 0.5, memoryMs: 3_600_000, holdMs: 900_000 },
    // The limit of page reads in the guarantees of the cache.
    latencyLimitMs: 300,
    // The alert DatabaseConnectionsNearLimit has the same limit.
    databaseVeto: 0.8,
    connections: { perHost: poolsPerHost * poolSize, serverLimit, reserve },
    startUpMs,
    // Six times the expected time, and at least 30 s for a busy machine.
    startTimeoutMs: Math.max(30_000, 6 * startUpMs),
    // Long enough for an operator to see why it failed.
    retryHostMs: 600_000,
    ownAlertPrefix: 'Autoscaler',
    schedules: [],
  };
}
