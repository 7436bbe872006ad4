import { slowestScrapeIntervalMs } from '../../deploy/model/scrape-jobs.ts';
import type { MonitoringTimings } from '../../deploy/model/profile.ts';
import { promDuration } from '../../kit/prom-duration.ts';
import type { Board } from '../board.ts';
import type { VariableValues } from '../substitute.ts';
import { WINDOW_SECONDS } from './panel-source.ts';

/** Variable values of Grafana while All is selected, with intervals for the slowest scrape interval. */
export function valuesForAll(board: Board, timings: MonitoringTimings): VariableValues {
  const slowestMs = slowestScrapeIntervalMs(timings);
  return {
    ...Object.fromEntries(board.variables.map(({ name }) => [name, '.+'])),
    __rate_interval: promDuration(4 * slowestMs),
    __interval: promDuration(slowestMs),
    __range: `${WINDOW_SECONDS}s`,
  };
}
