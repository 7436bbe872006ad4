import { REQUEST_KINDS, type RequestRecord } from '../evidence/request-record.ts';
import type { OrderAttempt } from '../evidence/write-ledger.ts';
import type { Budget } from '../guarantees/guarantee.ts';
import type { Window } from '../judge/judgement.ts';
import { judgeLatency } from '../judge/latency.ts';
import { judgeCacheLedger } from '../judge/cache-ledger.ts';
import { judgeLatencyRatio } from '../judge/latency-ratio.ts';
import { judgeLedger } from '../judge/ledger.ts';
import { judgeOutage } from '../judge/outage.ts';
import { judgeStall, READS, WRITES } from '../judge/stall.ts';
import { mergeVerdicts } from '../../kit/verdict.ts';
import type { Prediction } from '../predict.ts';
import type { ExperimentEvidence } from './experiment-evidence.ts';
import type { BudgetOutcome } from './outcome.ts';
import { renderMs } from './units.ts';

interface BudgetContext {
  readonly evidence: ExperimentEvidence;
  /** The whole load, from the baseline on. */
  readonly window: Window;
  /** Problems that make the evidence as a whole invalid. */
  readonly validityProblems: readonly string[];
  readonly prediction: Prediction;
}

/** A request that takes longer than this is useless to its visitor, so it counts as part of an outage. */
const OUTAGE_SLOW_MS = 1_000;

/** Judges one budget with the judge of its kind, and renders the result as text. */
export function judgeBudget(budget: Budget, context: BudgetContext): BudgetOutcome {
  switch (budget.kind) {
    case 'outage':
      return outage(budget, context);
    case 'failed':
      return failed(budget, context);
    case 'stall':
      return stall(budget, context);
    case 'latency':
      return latency(budget, context);
    case 'latency-ratio':
      return latencyRatio(budget, context);
    case 'lost-writes':
      return lostWrites(budget, context);
    case 'lost-cache-writes':
      return lostCacheWrites(budget, context);
    case 'notifications':
      return notifications(budget, context);
    case 'redundancy':
      return redundancy(budget, context);
  }
}

type Of<K extends Budget['kind']> = Extract<Budget, { readonly kind: K }>;

function outage(
  budget: Of<'outage'>,
  { evidence, window, validityProblems, prediction }: BudgetContext,
): BudgetOutcome {
  const judged = judgeOutage(evidence.records, window, {
    budget: { longestOutageMs: budget.longestMs },
    slowMs: OUTAGE_SLOW_MS,
    problems: validityProblems,
  });
  const { measured } = judged;
  const aim = budget.aimMs === undefined ? '' : ` (aim ${renderMs(budget.aimMs)})`;
  return {
    id: 'longest-outage',
    claim: 'longest outage',
    verdict: judged.verdict,
    measured: `${renderMs(measured.longestOutageMs)}, ${measured.failed} failed and ${measured.slow} slow of ${measured.requests}`,
    limit: `≤ ${renderMs(budget.longestMs)}${aim}`,
    predicted: renderPrediction(prediction, measured.longestOutageMs),
    reasons: judged.reasons,
    evidence: judged.evidence.map((record) => renderRecord(record, evidence.phases.injectedAt)),
  };
}

function failed(budget: Of<'failed'>, { evidence, window, validityProblems }: BudgetContext): BudgetOutcome {
  const judged = judgeOutage(evidence.records, window, {
    budget: { failed: budget.most },
    slowMs: Infinity,
    problems: validityProblems,
  });
  return {
    id: 'failed-requests',
    claim: 'failed requests',
    verdict: judged.verdict,
    measured: `${judged.measured.failed} of ${judged.measured.requests}`,
    limit: `≤ ${budget.most}`,
    reasons: judged.reasons,
    evidence: judged.evidence.map((record) => renderRecord(record, evidence.phases.injectedAt)),
  };
}

function stall(budget: Of<'stall'>, { evidence, window, validityProblems, prediction }: BudgetContext): BudgetOutcome {
  const judged = judgeStall(evidence.records, window, {
    budget: { longestMs: budget.longestMs },
    kinds: budget.of === 'reads' ? READS : WRITES,
    problems: validityProblems,
  });
  return {
    id: `longest-${budget.of}`,
    claim: `longest wait of ${budget.of}`,
    verdict: judged.verdict,
    measured: `${renderMs(judged.measured.longestMs)} of ${judged.measured.requests} requests`,
    limit: `≤ ${renderMs(budget.longestMs)}`,
    ...(budget.of === 'writes' ? { predicted: renderPrediction(prediction, judged.measured.longestMs) } : {}),
    reasons: judged.reasons,
    evidence: judged.evidence.map((record) => renderRecord(record, evidence.phases.injectedAt)),
  };
}

function latency(budget: Of<'latency'>, { evidence, validityProblems, prediction }: BudgetContext): BudgetOutcome {
  const { injectedAt, undoneAt } = evidence.phases;
  // Only during the fault: fast requests before and after it would hide slow ones.
  const judged = judgeLatency(
    evidence.records,
    { startMs: injectedAt, endMs: undoneAt },
    {
      budget: { quantile: budget.quantile, maxMs: budget.mostMs },
      kinds: budget.of,
      problems: validityProblems,
    },
  );
  const name = `p${budget.quantile * 100}`;
  const { valueMs, requests } = judged.measured;
  return {
    id: `latency-${name}`,
    claim: `${name} of ${budget.of.length === REQUEST_KINDS.length ? 'all' : budget.of.join(' and ')} requests during the fault`,
    verdict: judged.verdict,
    measured: valueMs === undefined ? 'not measurable' : `${renderMs(valueMs)} of ${requests} requests`,
    limit: `≤ ${renderMs(budget.mostMs)}`,
    predicted: `adds ${renderPrediction(prediction)}`,
    reasons: judged.reasons,
    evidence: judged.evidence.map((record) => renderRecord(record, injectedAt)),
  };
}

/** Shortest time from which a quantile is computed: 100 requests/s then have the 300 that a p99 needs. */
const SHORTEST_MS = 6_000;

function latencyRatio(budget: Of<'latency-ratio'>, { evidence, validityProblems }: BudgetContext): BudgetOutcome {
  const { quantile, ratio, leastMs } = budget;
  const { baselineAt, injectedAt, undoneAt } = evidence.phases;
  // A switch takes milliseconds, in which too few requests begin for a quantile.
  const endMs = Math.max(undoneAt, injectedAt + SHORTEST_MS);
  const judged = judgeLatencyRatio(
    evidence.records,
    { startMs: injectedAt, endMs },
    {
      budget: { quantile, ratio, leastMs },
      kinds: budget.of,
      baseline: { startMs: baselineAt, endMs: injectedAt },
      problems: validityProblems,
    },
  );
  const name = `p${quantile * 100}`;
  const { requests, valueMs, baselineMs, limitMs } = judged.measured;
  const before = baselineMs === undefined ? 'no baseline' : `${renderMs(baselineMs)} before`;
  return {
    id: `latency-ratio-${name}`,
    claim: `${name} of ${budget.of.join(' and ')} requests during the change`,
    verdict: judged.verdict,
    measured: `${valueMs === undefined ? 'not measurable' : `${renderMs(valueMs)} of ${requests} requests`}, ${before}`,
    limit: `≤ ${renderMs(limitMs ?? leastMs)} (${ratio} × baseline, at least ${renderMs(leastMs)})`,
    reasons: judged.reasons,
    evidence: judged.evidence.map((record) => renderRecord(record, injectedAt)),
  };
}

function lostWrites(budget: Of<'lost-writes'>, { evidence, validityProblems }: BudgetContext): BudgetOutcome {
  const judged = judgeLedger(evidence.orders, evidence.readBacks, {
    budget: { lost: budget.most },
    nodes: evidence.dbNodes,
    problems: [...validityProblems, ...evidence.readBackProblems],
  });
  const { lost, acknowledged, recovered, unexpected } = judged.measured;
  const read = evidence.readBacks.length > 0;
  return {
    id: 'lost-writes',
    claim: 'acknowledged writes lost',
    verdict: judged.verdict,
    measured: read
      ? [
          `${lost.length} of ${acknowledged}`,
          ...(recovered > 0 ? [`${recovered} writes without an acknowledgement were stored`] : []),
          ...(unexpected.length > 0 ? [`${unexpected.length} unexpected`] : []),
        ].join(', ')
      : 'not read back',
    limit: `≤ ${budget.most}`,
    reasons: judged.reasons,
    evidence: judged.evidence.map(
      (order) => `${renderOffset(order, evidence.phases.injectedAt)} ${order.key} ${order.outcome}`,
    ),
  };
}

function lostCacheWrites(
  budget: Of<'lost-cache-writes'>,
  { evidence, validityProblems }: BudgetContext,
): BudgetOutcome {
  const { cache = [], cacheNodes = [] } = evidence;
  const { most, longestGapMs } = budget;
  const judged = cache.map(({ writes, readBacks, problems }) =>
    judgeCacheLedger(writes, readBacks, {
      budget: { lost: most, longestGapMs },
      nodes: cacheNodes,
      problems: [...validityProblems, ...problems],
    }),
  );
  const sum = (of: (one: (typeof judged)[number]) => number): number =>
    judged.reduce((total, one) => total + of(one), 0);
  const gapMs = Math.max(0, ...judged.map(({ measured }) => measured.longestGapMs));
  return {
    id: 'lost-cache-writes',
    claim: 'acknowledged cache writes lost, longest gap',
    verdict: judged.length === 0 ? 'unknown' : mergeVerdicts(judged.map(({ verdict }) => verdict)),
    measured: `${sum(({ measured }) => measured.lost.length)} of ${sum(({ measured }) => measured.acknowledged)}, ${renderMs(gapMs)}`,
    limit: `≤ ${most}, ≤ ${renderMs(longestGapMs)}`,
    reasons: judged.length === 0 ? ['no writes to the cache were recorded'] : judged.flatMap(({ reasons }) => reasons),
    evidence: judged.flatMap((one) => one.evidence.map(({ key, outcome }) => `${key} ${outcome}`)).slice(0, 10),
  };
}

function notifications(budget: Of<'notifications'>, { evidence, validityProblems }: BudgetContext): BudgetOutcome {
  const { notifications: sent = [] } = evidence;
  const missing = sent.filter(({ seen }) => !seen);
  const isViolated = missing.length > budget.mostMissing;
  const problems = sent.length === 0 ? ['no probe alert was sent', ...validityProblems] : validityProblems;
  return {
    id: 'probe-alerts',
    claim: 'probe alerts that were not mailed',
    verdict: isViolated ? 'violated' : problems.length > 0 ? 'unknown' : 'held',
    measured: `${missing.length} of ${sent.length}`,
    limit: `≤ ${budget.mostMissing}`,
    reasons: isViolated ? missing.map(({ text }) => text) : problems,
    evidence: sent.map(({ text }) => text).slice(0, 10),
  };
}

function redundancy(budget: Of<'redundancy'>, { evidence, validityProblems }: BudgetContext): BudgetOutcome {
  const { redundantAt, undoneAt, redundancy: seen } = evidence.phases;
  const outcome = {
    id: 'full-redundancy',
    claim: 'time to full redundancy',
    limit: `≤ ${renderMs(budget.withinMs)}`,
    evidence: [seen],
  };
  if (redundantAt === undefined) {
    const reasons = [`full redundancy was not restored: ${seen}`];
    return { ...outcome, measured: 'never', verdict: 'violated', reasons };
  }
  const tookMs = redundantAt - undoneAt;
  const late = tookMs > budget.withinMs;
  return {
    ...outcome,
    measured: renderMs(tookMs),
    verdict: late ? 'violated' : validityProblems.length > 0 ? 'unknown' : 'held',
    reasons: late ? [`it took ${renderMs(tookMs)}`] : validityProblems,
  };
}

/** Renders a prediction, marked as missed if the measurement is above it. */
function renderPrediction({ bestMs, worstMs }: Prediction, measuredMs = worstMs): string {
  return `${renderMs(bestMs)} … ${renderMs(worstMs)}${measuredMs > worstMs ? ' (missed)' : ''}`;
}

function renderRecord(record: RequestRecord, injectedAt: number): string {
  const { kind, ok, status, error, connection, target, durationMs } = record;
  const end = ok ? `${status}` : `FAILED ${status === 0 ? '' : `${status} `}${error ?? ''}`.trimEnd();
  const host = record.host === undefined ? '' : ` by ${record.host}`;
  return `${renderOffset(record, injectedAt)} ${kind} on ${target} (${connection} connection): ${end}${host} after ${renderMs(durationMs)}`;
}

function renderOffset({ startMs }: Pick<RequestRecord | OrderAttempt, 'startMs'>, injectedAt: number): string {
  const offset = startMs - injectedAt;
  return `${offset < 0 ? '-' : '+'}${(Math.abs(offset) / 1_000).toFixed(3)} s`;
}
