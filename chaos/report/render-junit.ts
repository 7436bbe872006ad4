import { type BudgetOutcome, type GuaranteeOutcome, type ProveOutcome, interruptionOf } from '../runner/outcome.ts';
import type { Verdict } from '../../kit/verdict.ts';
import { escapeMarkup } from '../../kit/escape-markup.ts';

interface Case {
  readonly className: string;
  readonly name: string;
  readonly seconds: number;
  readonly verdict: Verdict;
  readonly reasons: readonly string[];
  readonly output: string;
}

/** JUnit XML: a suite per guarantee, with a case for the guarantee and one for each of its budgets. Violated is a failure, unknown an error. */
export function renderJunit(outcome: ProveOutcome): string {
  const suites = outcome.guarantees.map((guarantee) => ({ guarantee, cases: casesOf(guarantee) }));
  const all = suites.flatMap(({ cases }) => cases);
  const body = suites.map(({ guarantee, cases }) => {
    const seconds = (guarantee.endedAt - guarantee.startedAt) / 1_000;
    const timestamp = new Date(guarantee.startedAt).toISOString().slice(0, 19);
    return [
      `  <testsuite name="${escapeMarkup(guarantee.id)}" ${countsOf(cases)} time="${seconds.toFixed(3)}" timestamp="${timestamp}">`,
      ...cases.map(renderCase),
      '  </testsuite>',
    ].join('\n');
  });
  const seconds = (outcome.endedAt - outcome.startedAt) / 1_000;
  const interruption = interruptionOf(outcome);
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites name="holdfast prove" ${countsOf(all)} time="${seconds.toFixed(3)}">`,
    ...(interruption === undefined ? [] : [`  <!-- ${interruption} -->`]),
    ...body,
    '</testsuites>',
    '',
  ].join('\n');
}

function countsOf(cases: readonly Case[]): string {
  const count = (verdict: Verdict): number => cases.filter((one) => one.verdict === verdict).length;
  return `tests="${cases.length}" failures="${count('violated')}" errors="${count('unknown')}"`;
}

function casesOf(guarantee: GuaranteeOutcome): readonly Case[] {
  const { id, claim, verdict, reasons, startedAt, endedAt, budgets } = guarantee;
  const whole: Case = {
    ...{ className: id, name: claim, verdict, reasons },
    seconds: (endedAt - startedAt) / 1_000,
    output: guarantee.experiment?.fault.effect.text ?? '',
  };
  return [whole, ...budgets.map((budget) => caseOf(id, budget))];
}

function caseOf(className: string, budget: BudgetOutcome): Case {
  const { id, claim, verdict, reasons, measured, limit, predicted } = budget;
  const predictionLines = predicted === undefined ? [] : [`predicted: ${predicted}`];
  return {
    ...{ className, verdict, reasons },
    name: `${id}: ${claim}`,
    seconds: 0,
    output: [`measured: ${measured}`, `limit: ${limit}`, ...predictionLines, ...budget.evidence].join('\n'),
  };
}

function renderCase({ className, name, seconds, verdict, reasons, output }: Case): string {
  const open = `    <testcase classname="${escapeMarkup(className)}" name="${escapeMarkup(name)}" time="${seconds.toFixed(3)}">`;
  const message = escapeMarkup(reasons[0] ?? verdict);
  const details = escapeMarkup(reasons.join('\n'));
  const element = { held: undefined, violated: 'failure', unknown: 'error' }[verdict];
  const bad =
    element === undefined ? [] : [`      <${element} type="${verdict}" message="${message}">${details}</${element}>`];
  const systemOut = output === '' ? [] : [`      <system-out>${escapeMarkup(output)}</system-out>`];
  return [open, ...bad, ...systemOut, '    </testcase>'].join('\n');
}
