import type { Topology } from '../deploy/model/topology.ts';
import { HoldfastError } from '../kit/errors.ts';
import { renderProblems } from '../kit/problem.ts';
import { BOARDS } from './boards.ts';
import { lint } from './lint/lint.ts';
import { renderBoard } from './render/render-board.ts';
import { lintContextOf } from './topology-lint-context.ts';

/** The committed dashboards: path from the root of the checkout → JSON. Throws `invalid-topology` with all their problems. */
export function renderDashboardFiles(topology: Topology): ReadonlyMap<string, string> {
  const context = lintContextOf(topology);
  const rendered = BOARDS.map((board) => ({ board, dashboard: renderBoard(board, context) }));
  const problems = lint(rendered, context).filter(({ severity }) => severity === 'error');
  if (problems.length > 0) throw new HoldfastError('invalid-topology', renderProblems(problems));
  return new Map(
    rendered.map(({ board, dashboard }) => [
      `dashboards/generated/${board.uid}.json`,
      `${JSON.stringify(dashboard, undefined, 2)}\n`,
    ]),
  );
}
