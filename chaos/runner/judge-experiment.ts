import type { Topology } from '../../deploy/model/topology.ts';
import { mergeVerdicts } from '../../kit/verdict.ts';
import { judgeAlerts, type AlertTimes } from '../alert-expectations/judge-alerts.ts';
import { predictAlert, type Prediction } from '../predict.ts';
import type { Claim } from '../guarantees/guarantee.ts';
import { measureExposure } from '../judge/exposure.ts';
import { evaluateLedger } from '../judge/ledger.ts';
import type { Window } from '../judge/judgement.ts';
import { recordsIn } from '../judge/records.ts';
import { bucketRecords } from './bucket-records.ts';
import type { ExperimentEvidence } from './experiment-evidence.ts';
import { judgeBudget } from './judge-budget.ts';
import type { BudgetOutcome, ExperimentOutcome, GuaranteeOutcome } from './outcome.ts';
import { renderMs } from './units.ts';

interface JudgeContext {
  readonly topology: Topology;
  readonly prediction: GuaranteeOutcome['prediction'];
  readonly startedAt: number;
  readonly endedAt: number;
}

/** A longer request counts as slow in the chart of the report; budgets have separate limits. */
export const SLOW_MS = 300;

/**
 * The verdict on a guarantee, from the evidence alone. Problems of the evidence itself (a fault without a proven effect, a generator that did not keep
 * its rate) turn `held` into `unknown`; they never hide a violation.
 */
export function judgeExperiment(
  guarantee: Claim,
  evidence: ExperimentEvidence,
  context: JudgeContext,
): GuaranteeOutcome {
  const validityProblems = findValidityProblems(evidence);
  const window: Window = { startMs: evidence.phases.baselineAt, endMs: evidence.phases.loadEndedAt };
  const budgets = [
    ...guarantee.budgets.map((budget) =>
      judgeBudget(budget, { evidence, window, validityProblems, prediction: context.prediction }),
    ),
    ...judgeAlertExpectations(guarantee, evidence, { validityProblems, topology: context.topology }),
  ];
  return {
    id: guarantee.id,
    claim: guarantee.claim,
    verdict: mergeVerdicts(budgets.map(({ verdict }) => verdict)),
    reasons: withStealTime([...new Set(reasonsOf(budgets))], evidence.stolenCores),
    budgets,
    prediction: context.prediction,
    experiment: summarize(evidence, window),
    startedAt: context.startedAt,
    endedAt: context.endedAt,
  };
}

function reasonsOf(budgets: readonly BudgetOutcome[]): readonly string[] {
  const worstFirst = ['violated', 'unknown'] as const;
  return worstFirst.flatMap((verdict) =>
    budgets.filter((budget) => budget.verdict === verdict).flatMap(({ reasons }) => reasons),
  );
}

/** Steal time from this share of a core on affects latencies: measured with two cores at 100 requests/s. */
const MIN_RELEVANT_STEAL = 0.05;

/** Adds high steal time to the reasons. It does not change the verdict, but it is the first possible cause to check. */
function withStealTime(reasons: readonly string[], stolenCores: number): readonly string[] {
  if (reasons.length === 0 || stolenCores < MIN_RELEVANT_STEAL) return reasons;
  const percent = Math.round(100 * stolenCores);
  return [
    ...reasons,
    `other virtual machines took ${percent} % of a core from this machine (steal), which slows all measurements`,
  ];
}

/** The problems because of which no budget of this run may be `held`. */
export function findValidityProblems(evidence: ExperimentEvidence): readonly string[] {
  const { fault, phases, baseline, loadProblems } = evidence;
  const covered = phases.redundantAt ?? phases.clearedAt ?? phases.undoneAt;
  return [
    ...(fault.effect.seen ? [] : [`the fault was not proven to have taken effect: ${fault.effect.text}`]),
    ...(fault.clear.seen ? [] : [`the fault was not proven to be reverted: ${fault.clear.text}`]),
    ...(phases.redundantAt === undefined ? [`full redundancy was not restored: ${phases.redundancy}`] : []),
    ...(baseline.seen ? [] : [`the baseline was not steady: ${baseline.text}`]),
    ...(phases.loadEndedAt >= covered ? [] : ['the load ended before the recovery did']),
    ...loadProblems,
  ];
}

function judgeAlertExpectations(
  guarantee: Claim,
  evidence: ExperimentEvidence,
  { validityProblems, topology }: { readonly validityProblems: readonly string[]; readonly topology: Topology },
): readonly BudgetOutcome[] {
  const { injectedAt, undoneAt, redundantAt } = evidence.phases;
  const times: AlertTimes = { injectedAt, undoneAt, redundantAt, targets: evidence.fault.targets };
  const { mustDeliver, deliverFrom } = guarantee.alerts;
  // Predictions count from the fault, so they do not apply to expectations with `deliverFrom`.
  const predicted = deliverFrom === undefined ? mustDeliver : [];
  const predictions = new Map(
    predicted.map(({ alertname }) => [`alert-${alertname}`, predictAlert(topology, [alertname])]),
  );
  // Without a proven effect, a missing alert is not a violation.
  const { seen: tookEffect, text } = evidence.fault.effect;
  const unproven = tookEffect ? [] : [`the fault was not proven to have taken effect: ${text}`];
  const alerts = { ...evidence.alerts, problems: [...evidence.alerts.problems, ...unproven] };
  return judgeAlerts(guarantee.alerts, alerts, times).map((result) => ({
    ...result,
    ...(result.verdict === 'held' && validityProblems.length > 0
      ? { verdict: 'unknown', reasons: validityProblems }
      : {}),
    ...predictedOf(predictions.get(result.id)),
    evidence: evidence.alerts.delivered
      .filter(({ receivedAtMs }) => receivedAtMs >= injectedAt)
      .map((alert) => `+${renderMs(alert.receivedAtMs - injectedAt)} ${alert.subject}`)
      .slice(0, 10),
  }));
}

function predictedOf(prediction: Prediction | undefined): Pick<BudgetOutcome, 'predicted'> {
  if (prediction === undefined) return {};
  return { predicted: `${renderMs(prediction.bestMs)} … ${renderMs(prediction.worstMs)}` };
}

function summarize(evidence: ExperimentEvidence, window: Window): ExperimentOutcome {
  const inside = recordsIn(evidence.records, window);
  return {
    runId: evidence.runId,
    fault: evidence.fault,
    phases: evidence.phases,
    rate: evidence.rate,
    requests: inside.length,
    failed: inside.filter((record) => !record.ok).length,
    buckets: bucketRecords(inside, window, SLOW_MS),
    ledger: evaluateLedger(evidence.orders, evidence.readBacks),
    timeline: evidence.timeline,
    ...(evidence.changeSteps === undefined ? {} : { changeSteps: evidence.changeSteps }),
    ...(evidence.control === undefined ? {} : { control: evidence.control }),
    ...(evidence.events === undefined ? {} : { exposure: measureExposure(inside, evidence.events) }),
  };
}
