import { slowestPaceMs } from '../../deploy/model/scrape-jobs.ts';
import type { MonitoringTimings } from '../../deploy/model/profile.ts';
import { promDuration } from '../../kit/prom-duration.ts';
import type { Board } from '../board.ts';
import type { VariableValues } from '../substitute.ts';
import { WINDOW_SECONDS } from './panel-source.ts';

/** What Grafana puts in while All is chosen, with intervals by the slowest scrape. */
export function everything(board: Board, watch: MonitoringTimings): VariableValues {
  const slowestMs = slowestPaceMs(watch);
  return {
    ...Object.fromEntries(board.variables.map(({ name }) => [name, '.+'])),
    __rate_interval: promDuration(4 * slowestMs),
    __interval: promDuration(slowestMs),
    __range: `${WINDOW_SECONDS}s`,
  };
}
