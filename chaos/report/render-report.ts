import type { LedgerResult } from '../evidence/write-ledger.ts';
import {
  type BudgetOutcome,
  type ExperimentOutcome,
  type GuaranteeOutcome,
  type ProveOutcome,
  interruptionOf,
} from '../runner/outcome.ts';
import { renderMs } from '../runner/units.ts';
import type { Verdict } from '../../kit/verdict.ts';
import { escapeMarkup as escape } from '../../kit/escape-markup.ts';
import { markedEvents, renderChart } from './render-chart.ts';
import { originOf } from './time-axis.ts';
import { renderRoll, ROLL_HEADS, rollLegend, rollRows } from './render-roll.ts';
import { REPORT_STYLE } from './report-style.ts';

/** The report as a self-contained page: without scripts, and without external images or fonts. */
export function renderReport(outcome: ProveOutcome): string {
  const interruption = interruptionOf(outcome);
  const when = new Date(outcome.startedAt).toISOString().slice(0, 16).replace('T', ' ');
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>holdfast: ${outcome.verdict}, ${when} UTC</title>
<style>${REPORT_STYLE}</style>
</head>
<body>
<main>
<h1>Did the guarantees hold? ${badge(outcome.verdict)}</h1>
<p class="faint">${when} UTC, ${outcome.guarantees.length === 1 ? '1 guarantee' : `${outcome.guarantees.length} guarantees`} in ${renderMs(outcome.endedAt - outcome.startedAt)}</p>
${interruption === undefined ? '' : `<p><strong>${interruption}</strong></p>\n`}${renderSummary(outcome)}
${outcome.guarantees.map(renderGuarantee).join('\n')}
</main>
</body>
</html>
`;
}

function renderSummary({ guarantees }: ProveOutcome): string {
  const rows = guarantees.map(({ id, verdict, claim, startedAt, endedAt }) => [
    badge(verdict),
    `<a href="#${anchor(id)}">${escape(id)}</a>`,
    escape(claim),
    renderMs(endedAt - startedAt),
  ]);
  return `<div class="summary">${table(['', 'guarantee', 'claim', 'took'], rows)}</div>`;
}

function renderGuarantee(guarantee: GuaranteeOutcome): string {
  const { id, verdict, claim, reasons, budgets, experiment } = guarantee;
  return `<section id="${anchor(id)}">
<div class="head"><h2>${escape(id)}</h2>${badge(verdict)}<span class="faint">${renderMs(guarantee.endedAt - guarantee.startedAt)}</span></div>
<p>${escape(claim)}</p>
${reasons.length === 0 ? '' : `<ul class="reasons">${reasons.map((reason) => `<li>${escape(reason)}</li>`).join('')}</ul>`}
${budgets.length === 0 ? '' : renderBudgets(guarantee)}
${experiment === undefined ? '' : renderExperiment(experiment)}
${renderEvidence(budgets)}
</section>`;
}

function renderBudgets({ budgets, prediction }: GuaranteeOutcome): string {
  const rows = budgets.map(({ verdict, claim, measured, limit, predicted }) => [
    badge(verdict),
    escape(claim),
    escape(measured),
    escape(limit),
    escape(predicted ?? ''),
  ]);
  return `<h3>Budgets</h3>${table(['', 'budget', 'measured', 'limit', 'predicted'], rows)}
<p class="faint">Prediction of ${escape(prediction.what)}: ${renderMs(prediction.bestMs)} … ${renderMs(prediction.worstMs)} = ${escape(prediction.formula)} (ms)</p>`;
}

function renderExperiment(experiment: ExperimentOutcome): string {
  const { fault, requests, failed, rate } = experiment;
  const key = [
    ['ok', 'answered'],
    ['slow', 'slow (over 300 ms)'],
    ['failed', 'failed'],
    ['faultband', `${originOf(experiment)} in ${experiment.changeSteps === undefined ? 'place' : 'progress'}`],
    ['medianline', 'median of a tenth of a second'],
    ['worstdot', 'its slowest'],
  ] as const;
  return `<h3>What happened</h3>
<p>${escape(fault.description)} (${escape(fault.why)}). ${requests} requests at ${rate}/s, ${failed} failed.</p>
<p class="faint">Effect: ${escape(fault.effect.text)}. Clear: ${escape(fault.clear.text)}.</p>
<div class="chart">${renderChart(experiment)}</div>
${renderKey(key)}
${renderChange(experiment)}
${renderEvents(experiment)}
${renderLedger(experiment.ledger)}`;
}

/** The steps of a planned change below the chart of the requests, on the same time axis. */
function renderChange(experiment: ExperimentOutcome): string {
  const { changeSteps = [] } = experiment;
  if (changeSteps.length === 0) return '';
  return `<div class="chart">${renderRoll(experiment)}</div>
${renderKey(rollLegend(changeSteps))}
${table(
  ROLL_HEADS,
  rollRows(changeSteps).map((row) => row.map(escape)),
)}`;
}

function renderKey(entries: readonly (readonly [className: string, text: string])[]): string {
  return `<p class="key">${entries.map(([name, text]) => `<span><i class="${name}"></i>${text}</span>`).join('')}</p>`;
}

function renderEvents(experiment: ExperimentOutcome): string {
  const marked = markedEvents(experiment);
  const rows = experiment.timeline
    .toSorted((a, b) => a.t - b.t)
    .map((event) => {
      const offset = event.t - experiment.phases.injectedAt;
      const number = marked.indexOf(event) + 1;
      return [
        number === 0 ? '' : String(number),
        `${offset < 0 ? '−' : '+'}${(Math.abs(offset) / 1_000).toFixed(1)} s`,
        event.kind,
        escape(event.text),
      ];
    });
  return `<details open=""><summary>Events</summary>${table(['', 'time', '', 'event'], rows)}</details>`;
}

function renderLedger(ledger: LedgerResult): string {
  const { attempted, acknowledged, rejected, unknown, recovered, lost, unexpected, duplicated } = ledger;
  const counts = [
    attempted,
    acknowledged,
    rejected,
    unknown,
    recovered,
    lost.length,
    unexpected.length,
    duplicated.length,
  ];
  const heads = ['attempted', 'acknowledged', 'rejected', 'unknown', 'of these found', 'lost', 'unexpected', 'twice'];
  const nodes = ledger.nodes.map(
    ({ node, present, missing }) => `${node}: ${present} stored, ${missing.length} missing`,
  );
  return `<h3>Write ledger</h3>${table(heads, [counts.map(String)])}
<p class="faint">Read back from ${escape(nodes.join('; ') || 'no node')}</p>`;
}

function renderEvidence(budgets: readonly BudgetOutcome[]): string {
  const shown = budgets.filter(({ evidence }) => evidence.length > 0);
  return shown
    .map(
      ({ claim, evidence }) =>
        `<details><summary>Samples: ${escape(claim)}</summary><pre>${escape(evidence.join('\n'))}</pre></details>`,
    )
    .join('\n');
}

/** Cells must be escaped already. */
function table(heads: readonly string[], rows: readonly (readonly string[])[]): string {
  const head = heads.map((text) => `<th>${text}</th>`).join('');
  // Non-breaking space between a number and its unit.
  const joined = (cell: string): string => cell.replaceAll(/(\d|≤) (?=\d|ms\b|s\b)/g, '$1\u00a0');
  const body = rows.map((row) => `<tr>${row.map((cell) => `<td>${joined(cell)}</td>`).join('')}</tr>`).join('\n');
  return `<div class="scroll"><table><thead><tr>${head}</tr></thead><tbody>${body}</tbody></table></div>`;
}

function badge(verdict: Verdict): string {
  return `<span class="verdict ${verdict}">${verdict}</span>`;
}

function anchor(id: string): string {
  return id.replaceAll(/[^a-z0-9-]/g, '-');
}
