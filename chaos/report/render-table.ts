import type { Verdict } from '../../kit/verdict.ts';
import { renderExposure } from '../judge/exposure.ts';
import { type BudgetOutcome, type GuaranteeOutcome, type ProveOutcome, interruptionOf } from '../runner/outcome.ts';
import { renderMs } from '../runner/units.ts';
import { renderRollTable } from './render-roll.ts';

interface TableOptions {
  /** Whether to use colours; for terminals only. */
  readonly colour: boolean;
}

const COLOURS: Record<Verdict, string> = { held: '32', unknown: '33', violated: '31' };

/** The verdicts for a terminal: a line per guarantee, a line per budget, and the reasons of verdicts other than `held`. */
export function renderTable(outcome: ProveOutcome, options: TableOptions): string {
  const widths = widthsOf(outcome.guarantees.flatMap(({ budgets }) => budgets));
  const blocks = outcome.guarantees.map((guarantee) => renderGuarantee(guarantee, { ...options, widths }));
  const counts = (['held', 'violated', 'unknown'] as const).map(
    (verdict) => `${outcome.guarantees.filter((guarantee) => guarantee.verdict === verdict).length} ${verdict}`,
  );
  const took = renderMs(outcome.endedAt - outcome.startedAt);
  const interruption = interruptionOf(outcome);
  return [
    ...blocks,
    ...(interruption === undefined ? [] : [interruption]),
    `${paint(outcome.verdict, options.colour)}  ${counts.join(', ')} in ${took}`,
  ].join('\n\n');
}

interface Widths {
  readonly claim: number;
  readonly measured: number;
  readonly limit: number;
}

function widthsOf(budgets: readonly BudgetOutcome[]): Widths {
  const longest = (texts: readonly string[]): number => Math.max(0, ...texts.map(({ length }) => length));
  return {
    claim: longest(budgets.map(({ claim }) => claim)),
    measured: longest(budgets.map(({ measured }) => measured)),
    limit: longest(budgets.map(({ limit }) => limit)),
  };
}

function renderGuarantee(guarantee: GuaranteeOutcome, options: TableOptions & { readonly widths: Widths }): string {
  const { widths, colour } = options;
  const took = renderMs(guarantee.endedAt - guarantee.startedAt);
  const lines = guarantee.budgets.map(({ verdict, claim, measured, limit, predicted }) =>
    [
      `  ${paint(verdict, colour)}`,
      claim.padEnd(widths.claim),
      measured.padEnd(widths.measured),
      limit.padEnd(widths.limit),
      predicted === undefined ? '' : `predicted ${predicted}`,
    ]
      .join('  ')
      .trimEnd(),
  );
  return [
    `${paint(guarantee.verdict, colour)}  ${guarantee.id}  (${took})`,
    `  ${guarantee.claim}`,
    ...lines,
    ...renderChange(guarantee).map((line) => `  ${line}`),
    ...guarantee.reasons.map((reason) => `  - ${reason}`),
  ].join('\n');
}

/** The hosts of a planned change, the requests that it exposed, and what its control showed. */
function renderChange({ experiment, control }: GuaranteeOutcome): readonly string[] {
  const { changeSteps = [], exposure } = experiment ?? {};
  return [
    ...renderRollTable(changeSteps),
    ...(exposure === undefined ? [] : [renderExposure(exposure)]),
    ...(control?.sightings ?? []),
  ];
}

function paint(verdict: Verdict, colour: boolean): string {
  const text = verdict.padEnd(8);
  return colour ? `\u001b[1;${COLOURS[verdict]}m${text}\u001b[0m` : text;
}
