import type { MonitoringTimings } from '../../deploy/model/profile.ts';
import { seriesIn } from '../../exporters/promql/check-promql.ts';
import { messageOf } from '../../kit/errors.ts';
import { mapLimited } from '../../kit/map-limited.ts';
import type { Verdict } from '../../kit/verdict.ts';
import type { Board } from '../board.ts';
import { anyValueOf, substitute, type VariableValues } from '../substitute.ts';
import { valuesForAll } from './values-for-all.ts';
import { queryChecks, variableChecks, type Check, type VariableCheck } from './checks.ts';
import { type Answer, type PanelSource } from './panel-source.ts';

/** Result for one query or variable. */
export interface Finding {
  readonly verdict: Verdict;
  readonly board: string;
  readonly panel: string;
  readonly query: string;
  /** The result, as a sentence. */
  readonly said: string;
  /** The executed expression. */
  readonly expr: string;
}

export interface VerifyOptions {
  readonly boards: readonly Board[];
  readonly source: PanelSource;
  readonly timings: MonitoringTimings;
  /** Whether a series of this name is exposed or recorded, even without a current sample. */
  readonly exists: (series: string) => boolean;
  readonly onDone?: (done: number, of: number) => void;
}

/** Prometheus runs four queries concurrently; one is left for its rules. */
const AT_A_TIME = 3;

/** Runs all variables and queries of the boards as Grafana would with all values selected. */
export async function verify(options: VerifyOptions): Promise<readonly Finding[]> {
  const { boards, source, onDone } = options;
  const variables = variableChecks(boards);
  const queries = queryChecks(boards);
  const total = variables.length + queries.length;
  let done = 0;
  const counted = async <T>(result: Promise<T>): Promise<T> => {
    const value = await result;
    onDone?.(++done, total);
    return value;
  };
  const variableResults = await mapLimited(variables, AT_A_TIME, (check) => counted(checkVariable(check, source)));
  const findings = await mapLimited(queries, AT_A_TIME, (check) =>
    counted(checkQuery(check, valuesFor(check.board, variableResults, options.timings), options)),
  );
  return [...variableResults.map(({ finding }) => finding), ...findings];
}

interface VariableResult {
  readonly check: VariableCheck;
  readonly values: readonly string[];
  readonly finding: Finding;
}

async function checkVariable(check: VariableCheck, source: PanelSource): Promise<VariableResult> {
  const { board, variable } = check;
  const about = { board: board.uid, panel: 'variable', query: `$${variable.name}`, expr: variable.selector };
  try {
    const values = await source.labelValues(variable.selector, variable.of);
    const finding: Finding =
      values.length > 0
        ? { ...about, verdict: 'held', said: `has ${values.length} values` }
        : { ...about, verdict: 'violated', said: 'has no value to choose' };
    return { check, values, finding };
  } catch (error) {
    return { check, values: [], finding: { ...about, verdict: 'unknown', said: messageOf(error) } };
  }
}

function valuesFor(
  board: Board,
  variableResults: readonly VariableResult[],
  timings: MonitoringTimings,
): VariableValues {
  const own = variableResults.filter(({ check, values }) => check.board === board && values.length > 0);
  const values = own.map(({ check, values: all }) => [check.variable.name, anyValueOf(all)] as const);
  return { ...valuesForAll(board, timings), ...Object.fromEntries(values) };
}

async function checkQuery(check: Check, values: VariableValues, options: VerifyOptions): Promise<Finding> {
  const { source, exists } = options;
  const expr = substitute(check.expr, values);
  const about = { board: check.board.uid, panel: check.panel, query: check.query, expr };
  const answer = await (check.instant ? source.instant(expr) : source.range(expr));
  return { ...about, ...judge(answer, check, { missing: [...seriesIn(expr)].filter((name) => !exists(name)) }) };
}

function judge(
  answer: Answer,
  { emptyWhen }: Pick<Check, 'emptyWhen'>,
  { missing }: { readonly missing: readonly string[] },
): Pick<Finding, 'verdict' | 'said'> {
  if (answer.kind === 'unreachable') return { verdict: 'unknown', said: `could not be asked: ${answer.why}` };
  if (answer.kind === 'refused') return { verdict: 'violated', said: `is refused: ${answer.why}` };
  if (answer.samples > 0) return { verdict: 'held', said: `has ${answer.samples} samples` };
  if (emptyWhen === undefined) return { verdict: 'violated', said: 'has no data' };
  if (missing.length > 0)
    return { verdict: 'violated', said: `queries metrics that no target exposes: ${missing.join(', ')}` };
  return { verdict: 'held', said: `has no data, as when ${emptyWhen}` };
}
