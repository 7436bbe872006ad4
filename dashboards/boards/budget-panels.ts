import type { TimeseriesPanel } from '../board.ts';
import type { BoardUid } from '../names.ts';
import { NO_BUDGET, NOBODY_ASKS } from './queries.ts';

/** What each objective may still fail. */
export function budgetLeftPanel(drillDown: BoardUid): TimeseriesPanel {
  return {
    kind: 'timeseries',
    title: 'Error budget left',
    description:
      'What is left of the errors that the period may have. It falls while more than the promised share fails, and comes back as old errors leave the period. Below 0 the promise of this period is broken.',
    unit: 'percentunit',
    signed: true,
    max: 1,
    queries: [{ expr: 'max by (slo) (slo:error_budget_left:ratio)', legend: '{{slo}}', emptyWhen: NO_BUDGET }],
    drillDown,
  };
}

/** How fast each objective fails. */
export function burnRatePanel(drillDown: BoardUid): TimeseriesPanel {
  return {
    kind: 'timeseries',
    title: 'Burn rate',
    description:
      'How many times faster than it lasts each budget is spent now. At 100 % it is used up exactly at the end of its period.',
    unit: 'percentunit',
    queries: [{ expr: 'max by (slo) (slo:burn_rate:ratio)', legend: '{{slo}}', emptyWhen: NOBODY_ASKS }],
    drillDown,
  };
}
