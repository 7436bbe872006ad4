import type { MonitoringTimings } from '../../deploy/model/profile.ts';
import { mapLimited } from '../../kit/map-limited.ts';
import { dataPanelsOf, type Board, type DataPanel } from '../board.ts';
import { isInstant } from '../render/targets.ts';
import { substitute } from '../substitute.ts';
import { everything } from '../verify/everything.ts';
import type { AnswerSeries, PanelSource } from '../verify/panel-source.ts';
import type { FilledBoard } from './render-preview.ts';

const PANELS_AT_A_TIME = 3;

/** Asks for the data of every panel. What cannot be asked or has no data stays empty: whether that is a fault is what verification says. */
export async function fillBoards(
  boards: readonly Board[],
  source: PanelSource,
  watch: MonitoringTimings,
): Promise<readonly FilledBoard[]> {
  const filled: FilledBoard[] = [];
  for (const board of boards) {
    const values = everything(board, watch);
    const ask = async (panel: DataPanel, expr: string): Promise<readonly AnswerSeries[] | undefined> => {
      const text = substitute(expr, values);
      const answer = await (isInstant(panel.kind) ? source.now(text) : source.course(text));
      return answer.kind === 'data' ? answer.series : undefined;
    };
    const panels = await mapLimited(dataPanelsOf(board), PANELS_AT_A_TIME, async (panel) => {
      const answers: (readonly AnswerSeries[] | undefined)[] = [];
      for (const { expr } of panel.queries) answers.push(await ask(panel, expr));
      return { panel, answers };
    });
    filled.push({ board, panels });
  }
  return filled;
}
