import { readDrains } from '../../deploy/change/drains.ts';
import { renderDrain } from '../../deploy/change/render-drain.ts';
import type { RenderedFiles } from '../../deploy/model/rendered-file.ts';
import type { Observation, StackContext } from '../../deploy/observe/observation.ts';
import { randomBytes } from 'node:crypto';
import { openHosts } from '../../kit/hosts.ts';
import { HoldfastError, messageOf } from '../../kit/errors.ts';
import { PATHS } from '../../kit/paths.ts';
import { openStackLock } from '../../kit/stack-lock.ts';
import { mergeVerdicts } from '../../kit/verdict.ts';
import type { Topology } from '../../deploy/model/topology.ts';
import { proveNotificationPath } from '../alert-expectations/notification-path.ts';
import { isMaintenance, type Guarantee, type MaintenanceGuarantee } from '../guarantees/guarantee.ts';
import { judgeControl, type Control } from '../judge/judge-control.ts';
import { healAbandoned } from '../journal/heal-abandoned.ts';
import { openJournal, type Journal } from '../journal/journal.ts';
import { startHealer } from '../journal/start-healer.ts';
import { refuseUnrecorded } from '../unrecorded/find-unrecorded.ts';
import { recordExperiment } from './experiment-log.ts';
import { judgeExperiment } from './judge-experiment.ts';
import type { GuaranteeOutcome, ProveOutcome } from './outcome.ts';
import { runExperiment } from './run-experiment.ts';

export interface ProveOptions {
  readonly topology: Topology;
  readonly guarantees: readonly Guarantee[];
  /** Requests per second. */
  readonly rate: number;
  readonly onProgress: (line: string) => void;
  readonly onOutcome?: (outcome: GuaranteeOutcome) => void;
  readonly signal: AbortSignal;
  /** All rendered files of the topology; planned changes need them. */
  readonly files?: RenderedFiles;
  /** How often each planned change is made; default once. */
  readonly events?: number;
  /** Starts the stack; missing: the running stack is used as it is. */
  readonly up?: (onProgress: (line: string) => void) => Promise<void>;
}

/**
 * Checks guarantees one after the other. Throws if no experiment could start (`locked`, or the stack does not start), `interrupted` if every fault was
 * reverted after an interruption, and `heal-failed` if one was not. An error in an experiment makes its guarantee `unknown`; the next ones still run.
 */
export async function prove(options: ProveOptions): Promise<ProveOutcome> {
  const { topology, guarantees, onProgress, signal } = options;
  await using scope = new AsyncDisposableStack();
  scope.use(await openStackLock(`prove ${guarantees.map(({ id }) => id).join(' ')}`, 'exclusive'));
  const startedAt = Date.now();
  const world: StackContext = { topology, hosts: openHosts() };
  const journal = openJournal(PATHS.journal);
  try {
    await refuseDrained(topology);
    await options.up?.(onProgress);
    await healAbandoned(world, journal, onProgress);
    await refuseUnrecorded(world, journal);
    await startHealer(topology);
    const runId = `${new Date(startedAt)
      .toISOString()
      .replaceAll(/[^0-9]/g, '')
      .slice(0, 14)}-${randomBytes(2).toString('hex')}`;
    onProgress('checking whether an alert reaches the mailbox');
    // Aborts the check of alert delivery when this function ends early.
    const ended = new AbortController();
    scope.defer(() => {
      ended.abort();
    });
    const notificationPath = proveNotificationPath({
      ...{ topology, runId: `probe-${runId}`, signal: AbortSignal.any([signal, ended.signal]) },
    });
    // Each experiment awaits it and gets its rejection.
    notificationPath.catch(() => undefined);
    const outcomes: GuaranteeOutcome[] = [];
    for (const [index, guarantee] of guarantees.entries()) {
      const run = { options, world, journal, notificationPath, guarantee, runId: `${runId}-${index + 1}` };
      const log = { topology, onProblem: onProgress };
      const outcome = await recordExperiment(log, guarantee.id, () => proveOne(run));
      outcomes.push(outcome);
      options.onOutcome?.(outcome);
    }
    return {
      verdict: mergeVerdicts(outcomes.map(({ verdict }) => verdict)),
      startedAt,
      endedAt: Date.now(),
      guarantees: outcomes,
    };
  } catch (error) {
    if (!signal.aborted) throw error;
    const { open } = await journal.read();
    if (open.length === 0)
      throw new HoldfastError('interrupted', 'Interrupted; every fault is reverted.', { cause: error });
    const left = open.map(({ description }) => description).join(', ');
    throw new HoldfastError('heal-failed', `Interrupted; not reverted yet: ${left}.`, {
      cause: error,
      fix: 'The healer keeps trying. Run `./holdfast heal` to revert them now and see the reason.',
    });
  }
}

interface Run {
  readonly options: ProveOptions;
  readonly world: StackContext;
  readonly journal: Journal;
  readonly notificationPath: Promise<Observation>;
  readonly guarantee: Guarantee;
  readonly runId: string;
}

async function proveOne(run: Run): Promise<GuaranteeOutcome> {
  const { options, guarantee } = run;
  const startedAt = Date.now();
  const prediction = guarantee.predict(options.topology);
  try {
    if (!isMaintenance(guarantee)) return await judgeRun(run, { startedAt });
    return await proveChange(run, guarantee, startedAt);
  } catch (error) {
    options.signal.throwIfAborted();
    return unknownOutcome(guarantee, { error, prediction, startedAt });
  }
}

async function proveChange(run: Run, guarantee: MaintenanceGuarantee, startedAt: number): Promise<GuaranteeOutcome> {
  const { topology, files = new Map(), onProgress } = run.options;
  const means = {
    ...{ topology, files },
    onProgress: (line: string) => {
      onProgress(`${guarantee.id}: ${line}`);
    },
  };
  await guarantee.prepare?.({ ...means, signal: run.options.signal });
  // Also after an interruption.
  const restore = async (): Promise<void> => guarantee.restore?.({ ...means, signal: new AbortController().signal });
  let outcome: GuaranteeOutcome;
  try {
    outcome = await withControls(run, guarantee, { outcome: await judgeRun(run, { startedAt }), startedAt });
  } catch (error) {
    await restore();
    throw error;
  }
  try {
    await restore();
    return outcome;
  } catch (error) {
    // What was measured stays: a failed return must not hide a violation.
    const reasons = [...outcome.reasons, `the stack could not be returned to its state before: ${messageOf(error)}`];
    return { ...outcome, verdict: outcome.verdict === 'violated' ? 'violated' : 'unknown', reasons };
  }
}

/** Runs the negative controls of a planned change until one violates a budget, and judges the change by them. */
async function withControls(
  run: Run,
  guarantee: MaintenanceGuarantee,
  { outcome, startedAt }: { readonly outcome: GuaranteeOutcome; readonly startedAt: number },
): Promise<GuaranteeOutcome> {
  // A violation stays one, with or without a control.
  if (outcome.verdict === 'violated') return outcome;
  const { controls } = await guarantee.chooseChange(run.world);
  const made: Control[] = [];
  for (const control of controls.keys()) {
    const runId = `${run.runId}-control${control === 0 ? '' : control + 1}`;
    made.push(controlOf(await judgeRun({ ...run, runId }, { startedAt, control })));
    const { sightings } = judgeControl(outcome, made);
    if (sightings.length > 0) break;
  }
  const { outcome: judged, sightings } = judgeControl(outcome, made);
  return { ...judged, control: { names: made.map(({ name }) => name), sightings }, endedAt: Date.now() };
}

/** The budgets that show loss. A mail of an alert does not show that lost requests are seen. */
function controlOf(control: GuaranteeOutcome): Control {
  return {
    name: nameOf(control),
    budgets: control.budgets.filter(({ id }) => !/^(alert|resolved|no)-/.test(id)),
  };
}

function nameOf({ experiment }: GuaranteeOutcome): string {
  return experiment?.control ?? 'not run';
}

async function judgeRun(
  { options, guarantee, ...run }: Run,
  { startedAt, control }: { readonly startedAt: number; readonly control?: number },
): Promise<GuaranteeOutcome> {
  const { signal, rate, onProgress, topology, files, events } = options;
  const evidence = await runExperiment({
    ...{ ...run, guarantee, rate, signal },
    ...(files === undefined ? {} : { files }),
    ...(control === undefined ? {} : { control }),
    ...(events === undefined || control !== undefined ? {} : { events }),
    runs: PATHS.runs,
    onEvent: ({ text }) => {
      onProgress(`${guarantee.id}: ${text}`);
    },
  });
  const prediction = guarantee.predict(topology);
  return judgeExperiment(guarantee, evidence, { topology, prediction, startedAt, endedAt: Date.now() });
}

/** The outcome of an experiment that could not be run. */
export function unknownOutcome(
  guarantee: Guarantee,
  context: { readonly error: unknown; readonly prediction: GuaranteeOutcome['prediction']; readonly startedAt: number },
): GuaranteeOutcome {
  return {
    id: guarantee.id,
    claim: guarantee.claim,
    verdict: 'unknown',
    reasons: [`the experiment could not be run: ${messageOf(context.error)}`],
    budgets: [],
    prediction: context.prediction,
    startedAt: context.startedAt,
    endedAt: Date.now(),
  };
}

/** Throws `refused` if an operator has drained a host: without it, no tier of it has the redundancy that a guarantee begins with. */
async function refuseDrained(topology: Topology): Promise<void> {
  const drained = [...(await readDrains(topology)).values()].filter(({ kind }) => kind === 'operator');
  const [first] = drained;
  if (first === undefined) return;
  throw new HoldfastError('refused', `Nothing was proven: ${drained.map((drain) => renderDrain(drain)).join('; ')}.`, {
    fix: `Return it first: \`./holdfast undrain ${first.host}\`.`,
  });
}
