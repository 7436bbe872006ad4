import type { TimeseriesPanel } from '../board.ts';
import type { BoardUid } from '../names.ts';
import { NO_BUDGET, NO_TRAFFIC } from './queries.ts';

/** Remaining error budget of each SLO. */
export function budgetLeftPanel(drillDown: BoardUid): TimeseriesPanel {
  return {
    kind: 'timeseries',
    title: 'Remaining error budget',
    description:
      'Remaining share of the error budget of the period. It falls while the error ratio exceeds the allowed ratio, and recovers as old errors leave the period. Below 0, the SLO of this period is violated.',
    unit: 'percentunit',
    signed: true,
    max: 1,
    queries: [{ expr: 'max by (slo) (slo:error_budget_left:ratio)', legend: '{{slo}}', emptyWhen: NO_BUDGET }],
    drillDown,
  };
}

/** Error budget burn rate of each SLO. */
export function burnRatePanel(drillDown: BoardUid): TimeseriesPanel {
  return {
    kind: 'timeseries',
    title: 'Burn rate',
    description:
      'Current burn rate of each error budget. At 100 %, the budget is used up exactly at the end of its period.',
    unit: 'percentunit',
    queries: [{ expr: 'max by (slo) (slo:burn_rate:ratio)', legend: '{{slo}}', emptyWhen: NO_TRAFFIC }],
    drillDown,
  };
}
