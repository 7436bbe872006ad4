import type { RenderedFiles } from '../../deploy/model/rendered-file.ts';
import type { Observation, StackContext } from '../../deploy/observe/observation.ts';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { hostsOf } from '../../deploy/model/topology.ts';
import { TIMEOUT_SECONDS } from '../../k6/lib/plan.ts';
import type { AlertEvidence } from '../alert-expectations/alert-expectations.ts';
import { openAlertWatch, type AlertWatch } from '../alert-expectations/alert-watch.ts';
import { isMaintenance, type Guarantee } from '../guarantees/guarantee.ts';
import type { Journal } from '../journal/journal.ts';
import { HoldfastError } from '../../kit/errors.ts';
import type { LoadRun } from '../load/load-run.ts';
import { recordLoad } from '../load/record-load.ts';
import { startLoad } from '../load/start-load.ts';
import { startSlowClients, type SlowClients } from '../load/slow-client.ts';
import { defaultTargets } from '../load/targets.ts';
import { readOrders } from '../probes/read-orders.ts';
import { readSteal } from '../probes/read-steal.ts';
import type { ExperimentEvidence } from './experiment-evidence.ts';
import { waitForResolved } from './hold.ts';
import { injectFault } from './inject-fault.ts';
import { MAX_PAUSE_MS, performChanges } from './perform-changes.ts';
import { CLEAN_MS, waitForBaseline, waitForSteady } from './steady-state.ts';
import { makeTimeline, type Timeline, type TimelineEvent } from './timeline.ts';

export interface ExperimentOptions {
  readonly world: StackContext;
  readonly journal: Journal;
  readonly guarantee: Guarantee;
  readonly runId: string;
  /** Requests per second. */
  readonly rate: number;
  /** Folder of the raw records, with one folder per run. */
  readonly runs: string;
  /** Whether a probe alert reached the mailbox. */
  readonly notificationPath: Promise<Observation>;
  readonly onEvent: (event: TimelineEvent) => void;
  readonly signal: AbortSignal;
  /** Only for changes: how often the change is made (default once), the control that is made instead, and the rendered files. */
  readonly events?: number;
  readonly control?: number;
  readonly files?: RenderedFiles;
}

const STEADY_DEADLINE_MS = 90_000;
const BASELINE_DEADLINE_MS = 45_000;
/** Upper limit of one experiment with a fault; the load is stopped long before. */
const LOAD_SECONDS = 420;
/** Upper limit of an experiment with a change, beyond its events. */
const AROUND_EVENTS_SECONDS = 120;
/** Requests that began this long before the end of the load have certainly ended. */
const AFTER_MS = TIMEOUT_SECONDS.read * 1_000 + 1_500;

/**
 * Runs the phases of an experiment: steady state, load, fault, hold time, revert, recovery, read-back. Returns the evidence without a verdict. Throws if
 * the experiment could not be run; by then the fault is reverted and the load has ended.
 */
export async function runExperiment(options: ExperimentOptions): Promise<ExperimentEvidence> {
  const { world, guarantee, signal, rate, runId } = options;
  const timeline = makeTimeline(options.onEvent);
  timeline.add('phase', 'steady state: waiting until all hosts are healthy and no alert fires');
  await waitForSteady(world, {
    ...{ deadlineMs: STEADY_DEADLINE_MS, signal },
    onWait: (line) => {
      timeline.add('phase', line);
    },
  });
  await using watch = watchAlerts(options, timeline);
  const suite = isMaintenance(guarantee) ? 'maintenance' : 'steady';
  timeline.add('phase', `load: ${rate} requests/s`);
  await using scope = new AsyncDisposableStack();
  const durationSeconds = loadSecondsOf(options);
  scope.use(await recordLoad(options.journal, { runId, durationSeconds }));
  const [stolenBefore, loadedFrom] = [await readSteal(), Date.now()];
  await using load = await startLoad({
    ...{ suite, runId, rate, signal, targets: defaultTargets(suite, world.topology) },
    directory: join(options.runs, runId),
    durationSeconds,
  });
  const baseline = await Promise.race([
    waitForBaseline(load, rate, {
      ...{ deadlineMs: BASELINE_DEADLINE_MS, signal },
      // Latencies of a change are compared with those of its baseline, which needs enough requests for a p99.
      ...(isMaintenance(guarantee) ? { cleanMs: 2 * CLEAN_MS } : {}),
    }),
    endTooEarly(load),
  ]);
  await using slow = isMaintenance(guarantee) ? await startSlow(options, durationSeconds) : undefined;
  const path = await options.notificationPath;
  timeline.add('phase', `baseline is clean: ${baseline.observation.text}`);
  const disturb = isMaintenance(guarantee)
    ? performChanges({ ...options, files: options.files ?? new Map(), guarantee, timeline })
    : injectFault({ ...options, guarantee, timeline, watch });
  const disturbance = await disturb;
  const { fault, recovery, injectedAt } = disturbance;
  timeline.add('phase', `load continues for ${AFTER_MS / 1_000} s`);
  await sleep(AFTER_MS, undefined, { signal });
  const slowly = (await slow?.stop()) ?? { records: [], orders: [], problems: [] };
  await load.stop();
  const loaded = await load.done;
  const stolenCores = ((await readSteal()) - stolenBefore) / ((Date.now() - loadedFrom) / 1_000);
  timeline.add(
    'phase',
    `load ended: ${loaded.records.length} requests; reading the orders back from every database node`,
  );
  const { readBacks, problems: readBackProblems } = await readOrders(world.topology, runId);
  const { redundantAt: sinceMs } = recovery;
  // Without full redundancy, a resolved mail would be wrong, so it is not awaited.
  if (sinceMs !== undefined) {
    const { targets } = fault;
    await waitForResolved({ expectations: guarantee.alerts, targets, injectedAt, sinceMs, watch, timeline, signal });
  }
  return {
    ...{ runId, rate, readBacks, readBackProblems, stolenCores },
    fault,
    ...(disturbance.changes === undefined ? {} : disturbance.changes),
    baseline: baseline.observation,
    phases: {
      baselineAt: baseline.baselineAt,
      injectedAt,
      provenAt: disturbance.provenAt,
      undoneAt: recovery.undoneAt,
      clearedAt: recovery.clearedAt,
      redundantAt: recovery.redundantAt,
      redundancy: recovery.redundancy,
      loadEndedAt: loaded.completeUntilMs,
    },
    records: [...loaded.records, ...slowly.records],
    orders: [...loaded.orders, ...slowly.orders],
    loadProblems: [...loaded.problems, ...slowly.problems],
    dbNodes: hostsOf(world.topology, 'db').map(({ name }) => name),
    alerts: withPath(watch.evidence(), path),
    timeline: timeline.events,
  };
}

/** Connections that take long: without them, a drain that cuts long requests would pass. */
const SLOW_CLIENTS = { uploads: 3, downloads: 4 } as const;

function startSlow({ world, runId, signal }: ExperimentOptions, seconds: number): Promise<SlowClients> {
  const targets = defaultTargets('maintenance', world.topology);
  return startSlowClients({ ...SLOW_CLIENTS, targets, runId, seconds, signal });
}

function loadSecondsOf({ guarantee, events = 1 }: ExperimentOptions): number {
  if (!isMaintenance(guarantee)) return LOAD_SECONDS;
  return AROUND_EVENTS_SECONDS + Math.ceil((events * (guarantee.eventMs + MAX_PAUSE_MS)) / 1_000);
}

/** Rejects, with the reason, when the load ends early. */
async function endTooEarly(load: LoadRun): Promise<never> {
  const { exitCode, problems } = await load.done;
  throw new HoldfastError(
    'load-failed',
    `The load generator ended early with exit code ${exitCode}: ${problems.join('; ')}`,
  );
}

function withPath(evidence: AlertEvidence, path: Observation): AlertEvidence {
  return path.seen ? evidence : { ...evidence, problems: [path.text, ...evidence.problems] };
}

function watchAlerts({ world }: ExperimentOptions, timeline: Timeline): AlertWatch {
  const about = (alert: { readonly alertname: string; readonly host?: string }): string =>
    `${alert.alertname}${alert.host === undefined ? '' : ` (${alert.host})`}`;
  return openAlertWatch({
    topology: world.topology,
    sinceMs: Date.now(),
    onFiring: (alert) => {
      timeline.add('alert', `${about(alert)} fires on ${alert.monitor}`, alert.firstSeenMs);
    },
    onDelivered: (alert) => {
      timeline.add('mail', `mailed: ${about(alert)} ${alert.status}`, alert.receivedAtMs);
    },
  });
}
