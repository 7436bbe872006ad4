import type { MonitoringTimings } from '../../deploy/model/profile.ts';
import { mapLimited } from '../../kit/map-limited.ts';
import { dataPanelsOf, type Board, type DataPanel } from '../board.ts';
import { isInstant } from '../render/targets.ts';
import { substitute } from '../substitute.ts';
import { valuesForAll } from '../verify/values-for-all.ts';
import type { AnswerSeries, PanelSource } from '../verify/panel-source.ts';
import type { FilledBoard } from './render-preview.ts';

const PANELS_AT_A_TIME = 3;

/** Queries the data of every panel. A failed query stays empty; verification reports whether that is a fault. */
export async function fillBoards(
  boards: readonly Board[],
  source: PanelSource,
  timings: MonitoringTimings,
): Promise<readonly FilledBoard[]> {
  const filled: FilledBoard[] = [];
  for (const board of boards) {
    const values = valuesForAll(board, timings);
    const query = async (panel: DataPanel, expr: string): Promise<readonly AnswerSeries[] | undefined> => {
      const text = substitute(expr, values);
      const answer = await (isInstant(panel.kind) ? source.instant(text) : source.range(text));
      return answer.kind === 'data' ? answer.series : undefined;
    };
    const panels = await mapLimited(dataPanelsOf(board), PANELS_AT_A_TIME, async (panel) => {
      const answers: (readonly AnswerSeries[] | undefined)[] = [];
      for (const { expr } of panel.queries) answers.push(await query(panel, expr));
      return { panel, answers };
    });
    filled.push({ board, panels });
  }
  return filled;
}
